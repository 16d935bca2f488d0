// Network isolation: a virtual network in which the function app and API Management send, and in which all the rest answers.

import { Tags } from 'types.bicep'

param name string
param location string
param tags Tags

@description('At least a /22, free in whatever network it may be peered with.')
param addressPrefix string

// Subnets made without it would reach the internet by an address that Azure lends and takes back.
var defaultOutboundAccess = false

// The default rules are what is wanted: in from the network only, out anywhere. v2 tiers insist on a group being there.
resource securityGroup 'Microsoft.Network/networkSecurityGroups@2025-01-01' = {
  name: 'nsg-${name}'
  location: location
  tags: tags
}

resource publicAddress 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: 'pip-${name}-out'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}

// Entra ID, Application Insights and public downstream APIs are outside: calls to them come from this one address.
resource natGateway 'Microsoft.Network/natGateways@2025-01-01' = {
  name: 'ng-${name}'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIpAddresses: [
      {
        id: publicAddress.id
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-01-01' = {
  name: 'vnet-${name}'
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        addressPrefix
      ]
    }
    subnets: [
      {
        name: 'functions'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 24, 0)
          defaultOutboundAccess: defaultOutboundAccess
          networkSecurityGroup: {
            id: securityGroup.id
          }
          natGateway: {
            id: natGateway.id
          }
          delegations: [
            {
              name: 'flexConsumption'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
      {
        name: 'api-management'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 24, 1)
          defaultOutboundAccess: defaultOutboundAccess
          networkSecurityGroup: {
            id: securityGroup.id
          }
          natGateway: {
            id: natGateway.id
          }
          delegations: [
            {
              name: 'apiManagementV2'
              properties: {
                serviceName: 'Microsoft.Web/serverFarms'
              }
            }
          ]
        }
      }
      {
        name: 'private-endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 24, 2)
          defaultOutboundAccess: defaultOutboundAccess
          networkSecurityGroup: {
            id: securityGroup.id
          }
        }
      }
    ]
  }

  resource functions 'subnets' existing = {
    name: 'functions'
  }

  resource apiManagement 'subnets' existing = {
    name: 'api-management'
  }

  resource privateEndpoints 'subnets' existing = {
    name: 'private-endpoints'
  }
}

output id string = network.id
output functionsSubnetId string = network::functions.id
output apiManagementSubnetId string = network::apiManagement.id
output privateEndpointsSubnetId string = network::privateEndpoints.id
