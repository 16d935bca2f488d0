// What is reached inside the network only.

import { Tags } from 'types.bicep'

param name string
param location string
param tags Tags
param networkId string
param subnetId string
param functionAppId string
param keyVaultId string
param storageAccountId string

@description('Empty: there is none.')
param redisId string

// Of storage the function app uses blobs alone.
var always = [
  {
    targetId: functionAppId
    groupId: 'sites'
    zoneName: 'privatelink.azurewebsites.net'
  }
  {
    targetId: keyVaultId
    groupId: 'vault'
    zoneName: 'privatelink.vaultcore.azure.net'
  }
  {
    targetId: storageAccountId
    groupId: 'blob'
    zoneName: 'privatelink.blob.${environment().suffixes.storage}'
  }
]
var withRedis = empty(redisId) ? [] : [
  {
    targetId: redisId
    groupId: 'redisEnterprise'
    zoneName: 'privatelink.redis.azure.net'
  }
]

module endpoints 'privateEndpoint.bicep' = [
  for endpoint in concat(always, withRedis): {
    name: 'private-endpoint-${endpoint.groupId}'
    params: {
      name: name
      location: location
      tags: tags
      networkId: networkId
      subnetId: subnetId
      targetId: endpoint.targetId
      groupId: endpoint.groupId
      zoneName: endpoint.zoneName
    }
  }
]
