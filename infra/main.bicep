// One deployment into a resource group provisions everything. docs/deploy.md says how, what it costs and how to undo it.
targetScope = 'resourceGroup'

import { ApimSkuName, ClientCapability, ClientCredential, DirectApi, DownstreamApi, EmailAddress, FunctionAppLog, GatewayToken, Guid, Origin, RedisSkuName, Tags, TokenCacheKeyName } from 'modules/types.bicep'

@description('Stands in every resource\'s name.')
@minLength(1)
@maxLength(10)
param name string = 'obo'

@description('Makes the names unique in the world. Another one where those of a removed deployment are still taken.')
@minLength(4)
@maxLength(13)
param suffix string = uniqueString(resourceGroup().id)

param location string = resourceGroup().location
param tags Tags = {}

@description('The tier. BasicV2 is the smallest with all that the policies use; network isolation needs StandardV2 or PremiumV2.')
param apimSku ApimSkuName = 'BasicV2'

@minValue(1)
@maxValue(10)
param apimCapacity int = 1

@description('Told of certificate expiry and the like by API Management.')
@minLength(3)
param publisherEmail string

param publisherName string = 'obo-gateway'

@description('Path of the API below the gateway\'s address.')
param apiPath string = 'obo'

@description('Clients need a subscription key as well as a user\'s token.')
param subscriptionRequired bool = false

@description('The gateway\'s app registration (client id). It must issue v2.0 access tokens.')
@minLength(36)
@maxLength(36)
param clientId string

@description('The tenant whose users may call, or organizations for several.')
param tenantId string = tenant().tenantId

@description('With organizations: the tenants whose users may call. The deployment\'s own need not be among them: the gateway\'s own token is accepted from it in any case.')
param allowedTenants Guid[] = []

@description('The scope that token A must have.')
@minLength(1)
param scope string = 'access_as_user'

@description('Client apps (client ids) that may call; any, if empty.')
param clientApplications Guid[] = []

@description('cp1, where the clients can answer claims challenges.')
param clientCapabilities ClientCapability[] = []

@description('How often the app looks for a newer client credential.')
@minValue(1)
@maxValue(86400)
param credentialPollSeconds int = 3600

@description('Origins of browser apps that may call.')
param corsOrigins Origin[] = []

@description('Calls per user and minute. The Consumption tier has no such limit.')
@minValue(1)
param rateLimitCalls int = 600

@description('The APIs that can be called on behalf of users.')
@minLength(1)
param downstreamApis DownstreamApi[]

@description('An API that API Management calls itself with token B. None by default.')
param directApi DirectApi?

@description('How the function app proves itself, in order of preference: where one fails, the next serves. Of any kind; docs/deploy.md makes what each needs, after the deployment.')
@minLength(1)
param clientCredentials ClientCredential[] = [
  {
    sourceType: 'KeyVault'
    certificateName: 'obo-gateway'
  }
]

@description('Where API Management gets its own token.')
param gatewayToken GatewayToken = {
  kind: 'ManagedIdentity'
}

@description('Memory of one instance.')
param instanceMemoryMB 512 | 2048 | 4096 = 2048

@description('Where the app stops scaling out, and the bill growing.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that are always there: no cold start, and a price by the hour.')
@minValue(0)
@maxValue(1000)
param alwaysReadyInstances int = 0

@description('Calls that one instance takes at once. They mostly wait for Entra ID and downstream APIs.')
@minValue(1)
@maxValue(1000)
param concurrentCallsPerInstance int = 100

@description('Virtual network, private endpoints, and public access off for everything but API Management.')
param networkIsolation bool = false

@description('The network, with networkIsolation: at least a /22.')
param networkAddressPrefix string = '10.90.0.0/22'

@description('Azure Managed Redis of this size, in which the instances share tokens. Empty: each instance has its own.')
param redisSku RedisSkuName?

@description('With redisSku: what the tokens in Redis are encrypted with. Names of secrets in the deployed Key Vault, made after the deployment. The first encrypts, the second still decrypts.')
@minLength(1)
@maxLength(2)
param tokenCacheKeys TokenCacheKeyName[] = [
  'token-cache-1'
]

@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Percent of API Management\'s calls that are logged; failures always are.')
@minValue(0)
@maxValue(100)
param samplingPercentage int = 100

@description('How long audit records are kept: who used keys and secrets, who called, who replaced the package.')
@minValue(30)
@maxValue(730)
param auditRetentionDays int = 90

@description('Percent of API Management\'s calls that the audit log records; failures always are. Below 100 it is no longer complete.')
@minValue(0)
@maxValue(100)
param auditSamplingPercentage int = 100

@description('The function app\'s resource logs in the audit. They repeat what Application Insights has: empty saves their price.')
param functionAppLogs FunctionAppLog[] = ['FunctionAppLogs']

param alertEmails EmailAddress[] = []

@description('Days before a credential\'s end from which an alert says so.')
@minValue(1)
param alertCredentialDaysLeft int = 30

@minValue(1)
param alertLatencyMs int = 3000

// A blank item disappears where a list becomes one setting, and a list without items means no restriction. An item with a
// blank in it would become two. The name is part of every resource, so such a list is refused before anything is made.
var lists = concat(
  [
    { parameter: 'allowedTenants', items: allowedTenants }
    { parameter: 'clientApplications', items: clientApplications }
    { parameter: 'clientCapabilities', items: clientCapabilities }
    { parameter: 'corsOrigins', items: corsOrigins }
    { parameter: 'alertEmails', items: alertEmails }
    { parameter: 'tokenCacheKeys', items: tokenCacheKeys }
    { parameter: 'scope', items: [scope] }
  ],
  flatten(map(downstreamApis, api => [
    { parameter: 'scopes of ${api.name}', items: api.scopes }
    { parameter: 'allowedMethods of ${api.name}', items: api.?allowedMethods ?? [] }
    { parameter: 'allowedPathPrefixes of ${api.name}', items: api.?allowedPathPrefixes ?? [] }
    { parameter: 'passRequestHeaders of ${api.name}', items: api.?passRequestHeaders ?? [] }
    { parameter: 'scopesByPrefix of ${api.name}', items: flatten(map(api.?scopesByPrefix ?? [], entry => concat([entry.prefix], entry.scopes))) }
  ]))
)
var blanks = [' ', '\t', '\r', '\n']
var listsWithBlanks = map(
  filter(lists, list => !empty(filter(list.items, item => empty(trim(item)) || !empty(filter(blanks, blank => contains(item, blank)))))),
  list => list.parameter
)
var fullName = empty(listsWithBlanks)
  ? '${name}-${suffix}'
  : fail('${join(listsWithBlanks, ', ')}: an item is blank, or has a blank in it. Remove it, or write each value as an item of its own.')
var skusWithNetwork = ['StandardV2', 'PremiumV2']
var skuName = networkIsolation && !contains(skusWithNetwork, apimSku)
  ? fail('networkIsolation needs apimSku StandardV2 or PremiumV2.')
  : apimSku
var gatewayHasSecret = gatewayToken.kind == 'ClientCredentials'
var functionsUrl = 'https://${functionApp.outputs.hostName}/api'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${fullName}'
  location: location
  tags: tags
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: fullName
    location: location
    tags: tags
    retentionDays: logRetentionDays
  }
}

module network 'modules/network.bicep' = if (networkIsolation) {
  name: 'network'
  params: {
    name: fullName
    location: location
    tags: tags
    addressPrefix: networkAddressPrefix
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: toLower(take('st${replace(name, '-', '')}${suffix}', 24))
    location: location
    tags: tags
    publicNetworkAccess: !networkIsolation
    principalId: identity.properties.principalId
  }
}

module keyVault 'modules/keyVault.bicep' = {
  name: 'key-vault'
  params: {
    name: toLower(take('kv${replace(name, '-', '')}${suffix}', 24))
    location: location
    tags: tags
    publicNetworkAccess: !networkIsolation
  }
}

module vaultAccess 'modules/vaultAccess.bicep' = {
  name: 'vault-access'
  params: {
    vaultName: keyVault.outputs.name
    principalId: identity.properties.principalId
    clientCredentials: clientCredentials
    tokenCacheKeys: redisSku == null ? [] : tokenCacheKeys
    downstreamApis: downstreamApis
  }
}

module redis 'modules/redis.bicep' = if (redisSku != null) {
  name: 'redis'
  params: {
    name: fullName
    location: location
    tags: tags
    skuName: redisSku!
    publicNetworkAccess: !networkIsolation
    principalId: identity.properties.principalId
  }
}

module functionApp 'modules/functionApp.bicep' = {
  name: 'function-app'
  params: {
    name: fullName
    location: location
    tags: tags
    identityId: identity.id
    identityPrincipalId: identity.properties.principalId
    packagesUrl: storage.outputs.packagesUrl
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    publicNetworkAccess: !networkIsolation
    subnetId: networkIsolation ? network!.outputs.functionsSubnetId : ''
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
    concurrentCallsPerInstance: concurrentCallsPerInstance
  }
}

// The service comes before the function app's settings, which name its identity, and its API after the app, which it
// names: no circle.
module apiManagement 'modules/apiManagement.bicep' = {
  name: 'api-management'
  params: {
    name: fullName
    location: location
    tags: tags
    skuName: skuName
    capacity: apimCapacity
    publisherEmail: publisherEmail
    publisherName: publisherName
    subnetId: networkIsolation ? network!.outputs.apiManagementSubnetId : ''
  }
}

module functionAppSettings 'modules/functionAppSettings.bicep' = {
  name: 'function-app-settings'
  params: {
    functionAppName: functionApp.outputs.name
    storageAccountName: storage.outputs.name
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    identityClientId: identity.properties.clientId
    tenantId: tenantId
    allowedTenants: allowedTenants
    clientId: clientId
    scope: scope
    clientApplications: clientApplications
    clientCapabilities: clientCapabilities
    credentialPollSeconds: credentialPollSeconds
    clientCredentials: clientCredentials
    vaultUri: keyVault.outputs.uri
    downstreamApis: downstreamApis
    instanceMemoryMB: instanceMemoryMB
    redisHost: redisSku == null ? '' : redis!.outputs.hostName
    redisPort: redisSku == null ? 0 : redis!.outputs.port
    tokenCacheKeys: tokenCacheKeys
    gatewayPrincipalId: gatewayToken.kind == 'ClientCredentials'
      ? gatewayToken.clientId
      : apiManagement.outputs.principalId
    authorizationApis: directApi == null ? [] : [directApi!.name]
  }
  // Settings restart the app: what they name, it should then be able to read.
  dependsOn: [
    vaultAccess
  ]
}

module functionAppAccess 'modules/functionAppAccess.bicep' = {
  name: 'function-app-access'
  params: {
    functionAppName: functionApp.outputs.name
    clientId: clientId
    principalIds: gatewayHasSecret ? [] : [apiManagement.outputs.principalId]
    clientApplications: gatewayToken.kind == 'ClientCredentials' ? [gatewayToken.clientId] : []
  }
}

module gatewaySecret 'modules/gatewaySecret.bicep' = if (gatewayHasSecret) {
  name: 'gateway-secret'
  params: {
    vaultName: gatewayToken.kind == 'ClientCredentials' ? gatewayToken.vaultName : ''
    secretName: gatewayToken.kind == 'ClientCredentials' ? gatewayToken.secretName : ''
    principalId: apiManagement.outputs.principalId
  }
}

module gatewayTelemetry 'modules/gatewayTelemetry.bicep' = {
  name: 'gateway-telemetry'
  params: {
    apiManagementName: apiManagement.outputs.name
    principalId: apiManagement.outputs.principalId
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    skuName: apimSku
    samplingPercentage: samplingPercentage
    auditSamplingPercentage: auditSamplingPercentage
  }
}

// After gatewayTelemetry: until that is there, API Management's log would hold queries.
module audit 'modules/audit.bicep' = {
  name: 'audit'
  params: {
    workspaceName: monitoring.outputs.workspaceName
    vaultName: keyVault.outputs.name
    functionAppName: functionApp.outputs.name
    storageAccountName: storage.outputs.name
    apiManagementName: apiManagement.outputs.name
    skuName: apimSku
    functionAppLogs: functionAppLogs
    retentionDays: auditRetentionDays
  }
  dependsOn: [
    gatewayTelemetry
  ]
}

module namedValues 'modules/namedValues.bicep' = {
  name: 'named-values'
  params: {
    apiManagementName: apiManagement.outputs.name
    tenantId: tenantId
    clientId: clientId
    scope: scope
    clientApplications: clientApplications
    corsOrigins: corsOrigins
    rateLimitCalls: apimSku == 'Consumption' ? 0 : rateLimitCalls
    gatewayToken: gatewayToken
    keyVaultIdentifier: gatewayHasSecret ? gatewaySecret!.outputs.keyVaultIdentifier : ''
    directApi: directApi
    downstreamApis: downstreamApis
    functionsUrl: functionsUrl
  }
}

module fragments 'modules/fragments.bicep' = {
  name: 'fragments'
  params: {
    apiManagementName: apiManagement.outputs.name
    skuName: apimSku
    gatewayToken: gatewayToken
    hasDirectApi: directApi != null
  }
  dependsOn: [
    namedValues
  ]
}

module gatewayApi 'modules/gatewayApi.bicep' = {
  name: 'gateway-api'
  params: {
    apiManagementName: apiManagement.outputs.name
    skuName: apimSku
    gatewayToken: gatewayToken
    functionsUrl: functionsUrl
    path: apiPath
    subscriptionRequired: subscriptionRequired
  }
  dependsOn: [
    fragments
  ]
}

module directGatewayApi 'modules/directGatewayApi.bicep' = if (directApi != null) {
  name: 'direct-gateway-api'
  params: {
    apiManagementName: apiManagement.outputs.name
    skuName: apimSku
    gatewayToken: gatewayToken
    directApi: directApi!
    subscriptionRequired: subscriptionRequired
  }
  dependsOn: [
    fragments
  ]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    name: fullName
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    apiManagementName: apiManagement.outputs.name
    emails: alertEmails
    credentialDaysLeft: alertCredentialDaysLeft
    latencyMs: alertLatencyMs
    sharedCache: redisSku != null
  }
}

module privateEndpoints 'modules/privateEndpoints.bicep' = if (networkIsolation) {
  name: 'private-endpoints'
  params: {
    name: fullName
    location: location
    tags: tags
    networkId: network!.outputs.id
    subnetId: network!.outputs.privateEndpointsSubnetId
    functionAppId: functionApp.outputs.id
    keyVaultId: keyVault.outputs.id
    storageAccountId: storage.outputs.id
    redisId: redisSku == null ? '' : redis!.outputs.id
  }
}

output gatewayUrl string = '${apiManagement.outputs.gatewayUrl}/${apiPath}'
output functionAppName string = functionApp.outputs.name
output keyVaultName string = keyVault.outputs.name

@description('What a federated credential of the app registration has as its subject.')
output identityPrincipalId string = identity.properties.principalId
