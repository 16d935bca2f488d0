// What the policies call {{...}}. Only those that the deployed policies use are made.

import { DirectApi, DownstreamApi, GatewayToken } from 'types.bicep'

param apiManagementName string
param tenantId string
param clientId string
param scope string
param clientApplications string[]
param corsOrigins string[]

@description('Calls per user and minute; 0 where the tier has no rate-limit-by-key.')
param rateLimitCalls int

param gatewayToken GatewayToken

@description('Versionless Key Vault identifier of the client secret; empty with a managed identity.')
param keyVaultIdentifier string

param directApi DirectApi?

@description('The direct API is one of these, and its rules are those of the entry.')
param downstreamApis DownstreamApi[]

@description('The function app\'s address with its route prefix.')
param functionsUrl string

// The policies put paths behind it.
var loginEndpoint = environment().authentication.loginEndpoint
var instance = endsWith(loginEndpoint, '/') ? take(loginEndpoint, length(loginEndpoint) - 1) : loginEndpoint

var common = {
  'obo-tenant-id': tenantId
  'obo-instance': instance
  'obo-client-id': clientId
  'obo-scope': scope
  'obo-client-applications': empty(clientApplications) ? 'any' : join(clientApplications, ' ')
  // A named value cannot be empty; .invalid is nobody's (RFC 6761).
  'obo-cors-origins': empty(corsOrigins) ? 'https://no-origin.invalid' : join(corsOrigins, ' ')
}

var rateLimit = rateLimitCalls == 0 ? {} : { 'obo-rate-limit-calls': string(rateLimitCalls) }

// Names as in Microsoft's policy sample. The token is for the function app's registration.
var gateway = gatewayToken.kind == 'ClientCredentials'
  ? {
      authorizationServer: '${instance}/${tenant().tenantId}/oauth2/v2.0/token'
      scope: '${clientId}/.default'
      clientId: gatewayToken.clientId
    }
  : { 'obo-gateway-resource': clientId }

// A named value cannot be empty: "any", "none". Without an entry nothing is allowed, and the function app says why.
var ruled = filter(downstreamApis, api => api.name == (directApi.?name ?? ''))
var direct = directApi == null
  ? {}
  : {
      'obo-functions-url': functionsUrl
      'obo-token-api': directApi!.name
      'obo-direct-methods': empty(ruled) ? 'none' : join(ruled[0].?allowedMethods ?? ['any'], ' ')
      'obo-direct-prefixes': empty(ruled) ? 'none' : join(ruled[0].?allowedPathPrefixes ?? ['any'], ' ')
      'obo-direct-passed-headers': empty(ruled) ? 'none' : toLower(join(ruled[0].?passRequestHeaders ?? ['none'], ' '))
      'obo-direct-set-cookie': !empty(ruled) && (ruled[0].?allowSetCookie ?? false) ? 'true' : 'false'
      'obo-direct-shared-caching': !empty(ruled) && (ruled[0].?allowSharedCaching ?? false) ? 'true' : 'false'
    }

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apiManagementName
}

resource plain 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = [
  for entry in items(union(common, rateLimit, gateway, direct)): {
    parent: service
    name: entry.key
    properties: {
      displayName: entry.key
      value: entry.value
      secret: false
    }
  }
]

resource clientSecret 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = if (gatewayToken.kind == 'ClientCredentials') {
  parent: service
  name: 'clientSecret'
  properties: {
    displayName: 'clientSecret'
    secret: true
    keyVault: {
      secretIdentifier: keyVaultIdentifier
    }
  }
}
