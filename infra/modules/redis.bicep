// Azure Managed Redis, reached by identity only: it has no access keys.

import { RedisSkuName, Tags } from 'types.bicep'

param name string
param location string
param tags Tags
param skuName RedisSkuName
param publicNetworkAccess bool

@description('The function app\'s identity (object id).')
param principalId string

resource cache 'Microsoft.Cache/redisEnterprise@2025-07-01' = {
  name: 'redis-${name}'
  location: location
  tags: tags
  sku: {
    name: skuName
  }
  properties: {
    minimumTlsVersion: '1.2'
    highAvailability: 'Enabled'
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
  }
}

resource database 'Microsoft.Cache/redisEnterprise/databases@2025-07-01' = {
  parent: cache
  name: 'default'
  properties: {
    clientProtocol: 'Encrypted'
    port: 10000
    clusteringPolicy: 'EnterpriseCluster'
    evictionPolicy: 'VolatileLRU'
    accessKeysAuthentication: 'Disabled'
  }
}

// Redis' own kind of role: "default" is all commands on this database, the only policy there is.
resource functionAppUsesCache 'Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments@2025-07-01' = {
  parent: database
  name: 'functions'
  properties: {
    accessPolicyName: 'default'
    user: {
      objectId: principalId
    }
  }
}

output id string = cache.id
