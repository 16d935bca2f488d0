// An API that API Management calls itself with token B; the function app only obtains it.

import { ApimSkuName, DirectApi, GatewayToken } from 'types.bicep'

param apiManagementName string
param skuName ApimSkuName
param gatewayToken GatewayToken
param directApi DirectApi
param subscriptionRequired bool

var methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apiManagementName
}

resource api 'Microsoft.ApiManagement/service/apis@2024-05-01' = {
  parent: service
  name: 'obo-direct'
  properties: {
    displayName: '${directApi.name}, on behalf of the user'
    description: 'Called with a token for ${directApi.name} that the function app obtains for the user.'
    path: directApi.path
    serviceUrl: directApi.backendUrl
    protocols: [
      'https'
    ]
    subscriptionRequired: subscriptionRequired
    type: 'http'
  }
}

// One after the other: API Management refuses two changes of one API at a time.
@batchSize(1)
resource operation 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = [
  for method in methods: {
    parent: api
    name: 'call-${toLower(method)}'
    properties: {
      displayName: '${method} on behalf of the user'
      method: method
      urlTemplate: '/*'
      templateParameters: []
    }
  }
]

resource policy 'Microsoft.ApiManagement/service/apis/policies@2024-05-01' = {
  parent: api
  name: 'policy'
  properties: {
    format: 'rawxml'
    value: skuName == 'Consumption'
      ? loadTextContent('../policies/consumption/downstream-token.xml')
      : gatewayToken.kind == 'ManagedIdentity'
          ? loadTextContent('../policies/managed-identity/downstream-token.xml')
          : loadTextContent('../policies/downstream-token.xml')
  }
  dependsOn: [
    operation
  ]
}
