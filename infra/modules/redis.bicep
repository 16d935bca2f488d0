// Azure Managed Redis, in which all instances of the function app share tokens. Reached by identity only: it has no access keys.

import { RedisSkuName, Tags } from 'types.bicep'

param name string
param location string
param tags Tags
param skuName RedisSkuName
param publicNetworkAccess bool

@description('The function app\'s identity (object id).')
param principalId string

// Azure Managed Redis has no other.
var port = 10000

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
    port: port
    // One address for all shards: the app's client follows no redirections from shard to shard.
    clusteringPolicy: 'EnterpriseCluster'
    // Full, it drops what was unused longest. Without eviction it would refuse what is new, and keep the old.
    evictionPolicy: 'VolatileLRU'
    // What is in memory only needs no safe keeping elsewhere: a lost token is exchanged anew.
    persistence: {
      aofEnabled: false
      rdbEnabled: false
    }
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
output hostName string = cache.properties.hostName
output port int = port
