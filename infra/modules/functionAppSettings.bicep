// Every app setting, from typed parameters. Ours are named as in Microsoft.Identity.Web (docs/settings.md); an empty
// one counts as not set. No secret is among them: what is secret is in Key Vault, and read there by the app or, for a
// header's value, put in by the platform at a Key Vault reference.

import { ClientCredential, DownstreamApi, TokenCacheKeyName } from 'types.bicep'

param functionAppName string
param storageAccountName string
param applicationInsightsName string

@description('Client id of the user-assigned identity the app runs as.')
param identityClientId string

param tenantId string
param allowedTenants string[]
param clientId string
param scope string
param clientApplications string[]
param clientCapabilities string[]

@description('How often a newer client credential is looked for.')
@minValue(1)
@maxValue(86400)
param credentialPollSeconds int
param clientCredentials ClientCredential[]
param vaultUri string
param downstreamApis DownstreamApi[]

@description('Memory of one instance. Tokens may have an eighth of it.')
param instanceMemoryMB 512 | 2048 | 4096

@description('The Redis that instances share tokens in. Empty: there is none.')
param redisHost string

@description('Its port, with TLS.')
param redisPort int

@description('The first encrypts, the second still decrypts.')
param tokenCacheKeys TokenCacheKeyName[]

@description('Object id or client id of the identity whose token API Management sends as its own.')
param gatewayPrincipalId string

@description('The APIs that API Management calls itself: only for these does the app hand out token B.')
param authorizationApis string[]

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

var hostSettings = {
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  // Says where, not who: without the role of the identity below nothing is taken in.
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  // Node's own limit of 16 KiB would hang calls that the host lets in: token A travels beside the gateway's token.
  languageWorkers__node__arguments: '--max-http-header-size=65536'
  // Easy Auth takes tokens of this tenant only.
  WEBSITE_AUTH_AAD_ALLOWED_TENANTS: tenant().tenantId
}

var azureAdSettings = {
  AzureAd__Instance: environment().authentication.loginEndpoint
  AzureAd__TenantId: tenantId
  AzureAd__AllowedTenants: join(allowedTenants, ' ')
  AzureAd__ClientId: clientId
  AzureAd__Scopes: scope
  AzureAd__AllowedClientApplications: join(clientApplications, ' ')
  AzureAd__ClientCapabilities: join(clientCapabilities, ' ')
  AzureAd__CredentialPollSeconds: string(credentialPollSeconds)
}

// To the vault, or with a federated credential to Entra ID itself, the app goes as its identity.
var credentialSettings = [
  for (credential, index) in clientCredentials: union(
    {
      'AzureAd__ClientCredentials__${index}__SourceType': credential.sourceType
      'AzureAd__ClientCredentials__${index}__ManagedIdentityClientId': identityClientId
    },
    credential.sourceType == 'SignedAssertionFromManagedIdentity' ? {} : {
      'AzureAd__ClientCredentials__${index}__KeyVaultUrl': vaultUri
    },
    credential.sourceType == 'KeyVault' || credential.sourceType == 'SignedAssertionFromVault' ? {
      'AzureAd__ClientCredentials__${index}__KeyVaultCertificateName': credential.?certificateName
    } : {},
    credential.sourceType == 'ClientSecret' ? {
      'AzureAd__ClientCredentials__${index}__KeyVaultSecretName': credential.?secretName
    } : {}
  )
]

var gatewaySettings = {
  Gateway__Authentication: 'entra'
  Gateway__AllowedPrincipals__0: gatewayPrincipalId
  Gateway__AuthorizationApis: join(authorizationApis, ' ')
  // API Management gets its token from the deployment's own tenant, whatever tenants the users are of. Written only where
  // the app cannot know it: a setting that an older function app does not know would stop it until the new code is there.
  Gateway__TenantId: tenantId == tenant().tenantId ? '' : tenant().tenantId
}

var downstreamSettings = [
  for api in downstreamApis: {
    'DownstreamApis__${api.name}__BaseUrl': api.baseUrl
    'DownstreamApis__${api.name}__Scopes': join(api.scopes, ' ')
    'DownstreamApis__${api.name}__RequestAppToken': (api.?requestAppToken ?? false) ? 'true' : ''
    'DownstreamApis__${api.name}__AllowedMethods': join(api.?allowedMethods ?? [], ' ')
    'DownstreamApis__${api.name}__AllowedPathPrefixes': join(api.?allowedPathPrefixes ?? [], ' ')
    'DownstreamApis__${api.name}__PassRequestHeaders': join(api.?passRequestHeaders ?? [], ' ')
    'DownstreamApis__${api.name}__MaxRequestBodyBytes': string(api.?maxRequestBodyBytes ?? '')
    'DownstreamApis__${api.name}__AllowSetCookie': (api.?allowSetCookie ?? false) ? 'true' : ''
    'DownstreamApis__${api.name}__AllowSharedCaching': (api.?allowSharedCaching ?? false) ? 'true' : ''
    'DownstreamApis__${api.name}__RetryConnectionFailures': (api.?retryConnectionFailures ?? false) ? 'true' : ''
    'DownstreamApis__${api.name}__CircuitBreaker__Failures': string(api.?circuitBreaker.?failures ?? '')
    'DownstreamApis__${api.name}__CircuitBreaker__PauseSeconds': string(api.?circuitBreaker.?pauseSeconds ?? '')
    'DownstreamApis__${api.name}__MaxConnections': string(api.?maxConnections ?? '')
    'DownstreamApis__${api.name}__MaxConcurrentCallsPerUser': string(api.?maxConcurrentCallsPerUser ?? '')
    'DownstreamApis__${api.name}__QueueTimeoutSeconds': api.?queueTimeoutSeconds ?? ''
    'DownstreamApis__${api.name}__ConnectTimeoutSeconds': api.?connectTimeoutSeconds ?? ''
    'DownstreamApis__${api.name}__ResponseTimeoutSeconds': api.?responseTimeoutSeconds ?? ''
    'DownstreamApis__${api.name}__IdleTimeoutSeconds': api.?idleTimeoutSeconds ?? ''
    'DownstreamApis__${api.name}__TotalTimeoutSeconds': api.?totalTimeoutSeconds ?? ''
  }
]

var scopesByPrefixSettings = flatten(map(
  downstreamApis,
  api =>
    map(api.?scopesByPrefix ?? [], (entry, index) => {
      'DownstreamApis__${api.name}__ScopesByPrefix__${index}__Prefix': entry.prefix
      'DownstreamApis__${api.name}__ScopesByPrefix__${index}__Scopes': join(entry.scopes, ' ')
    })
))

// App settings on Linux take no dash in a name; the app reads an underscore for one. A secret is named without a version,
// so that the platform takes up a new one (within a day, or at a restart).
var extraHeaderSettings = flatten(map(
  downstreamApis,
  api =>
    map(api.?extraHeaderParameters ?? [], header => {
      'DownstreamApis__${api.name}__ExtraHeaderParameters__${replace(header.name, '-', '_')}': header.kind == 'KeyVaultSecret'
        ? '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${header.?secretName ?? ''})'
        : header.?value ?? ''
    })
))

var tokenCacheSettings = {
  TokenCache__MaxMegabytes: string(instanceMemoryMB / 8)
}

// Signed in to as the app's identity. The keys are read from the vault by the app itself, not by a reference that the
// platform resolves: without them the app goes on, and says which one it cannot read.
var redisSettings = {
  TokenCache__Redis__Host: redisHost
  TokenCache__Redis__Port: string(redisPort)
  TokenCache__Redis__ManagedIdentityClientId: identityClientId
}

var encryptionKeySettings = [
  for (key, index) in tokenCacheKeys: {
    'TokenCache__EncryptionKeys__${index}__Id': key
    'TokenCache__EncryptionKeys__${index}__KeyVaultUrl': vaultUri
    'TokenCache__EncryptionKeys__${index}__KeyVaultSecretName': key
    'TokenCache__EncryptionKeys__${index}__ManagedIdentityClientId': identityClientId
  }
]

var sharedCacheSettings = empty(redisHost) ? [] : concat([redisSettings], encryptionKeySettings)

// A further section is one more object here.
var sections = concat(
  [hostSettings, azureAdSettings, gatewaySettings, tokenCacheSettings],
  credentialSettings,
  sharedCacheSettings,
  downstreamSettings,
  scopesByPrefixSettings,
  extraHeaderSettings
)

resource settings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: reduce(sections, {}, (all, section) => union(all, section))
}
