// The API Management service itself. What it serves is in namedValues, fragments and gatewayApi.bicep.

import { ApimSkuName, Tags } from 'types.bicep'

param name string
param location string
param tags Tags
param skuName ApimSkuName

@description('Units; the Consumption tier has none.')
@minValue(1)
@maxValue(10)
param capacity int

param publisherEmail string
param publisherName string

@description('The subnet API Management sends from; empty for none. StandardV2 and PremiumV2 only.')
param subnetId string

// The v2 tiers and Consumption have no switches for these: there they are off.
var classicTiers = ['Developer', 'Basic', 'Standard', 'Premium']
var protocols = 'Microsoft.WindowsAzure.ApiManagement.Gateway.Security'
var oldProtocolsOff = {
  '${protocols}.Protocols.Tls10': 'false'
  '${protocols}.Protocols.Tls11': 'false'
  '${protocols}.Backend.Protocols.Tls10': 'false'
  '${protocols}.Backend.Protocols.Tls11': 'false'
  '${protocols}.Backend.Protocols.Ssl30': 'false'
  '${protocols}.Ciphers.TripleDes168': 'false'
}

resource service 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'apim-${name}'
  location: location
  tags: tags
  sku: {
    name: skuName
    capacity: skuName == 'Consumption' ? 0 : capacity
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    publisherEmail: publisherEmail
    publisherName: publisherName
    customProperties: contains(classicTiers, skuName) ? oldProtocolsOff : null
    virtualNetworkType: empty(subnetId) ? 'None' : 'External'
    virtualNetworkConfiguration: empty(subnetId) ? null : {
      subnetResourceId: subnetId
    }
  }
}

output name string = service.name
output gatewayUrl string = service.properties.gatewayUrl
output principalId string = service.identity.principalId
