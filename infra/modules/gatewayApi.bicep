// The API that clients call: its operations are those of openapi.yaml, its policy sends every call to the function app.

import { ApimSkuName, GatewayToken } from 'types.bicep'

param apiManagementName string
param skuName ApimSkuName
param gatewayToken GatewayToken

@description('The function app\'s address with its route prefix.')
param functionsUrl string

@description('Below the gateway\'s address.')
param path string

@description('Clients also need a subscription key (Ocp-Apim-Subscription-Key).')
param subscriptionRequired bool

// The operations are made here, not by importing the file: that an import keeps the wildcard at a path's end is nowhere
// promised, and an operation's urlTemplate with one is documented. any(): what a YAML file holds has no type.
var definition = any(loadYamlContent('../openapi.yaml'))
var operations = flatten(map(
  items(definition.paths),
  entry => map(
    filter(items(entry.value), item => item.key != 'parameters'),
    item => {
      name: item.value.operationId
      method: toUpper(item.key)
      urlTemplate: entry.key
      displayName: item.value.summary
      takesApi: contains(entry.key, '{api}')
    }
  )
))

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apiManagementName
}

resource functions 'Microsoft.ApiManagement/service/backends@2024-05-01' = {
  parent: service
  name: 'obo-functions'
  properties: {
    protocol: 'http'
    url: functionsUrl
    description: 'The function app that exchanges tokens.'
    tls: {
      validateCertificateChain: true
      validateCertificateName: true
    }
    // Statuses do not count: most are a downstream API's own, and one that fails must not close the way to the others.
    circuitBreaker: skuName == 'Consumption' ? null : {
      rules: [
        {
          name: 'function-app-unreachable'
          failureCondition: {
            count: 10
            interval: 'PT1M'
            errorReasons: [
              'BackendConnectionFailure'
            ]
          }
          tripDuration: 'PT30S'
          acceptRetryAfter: false
        }
      ]
    }
  }
}

resource api 'Microsoft.ApiManagement/service/apis@2024-05-01' = {
  parent: service
  name: 'obo'
  properties: {
    displayName: definition.info.title
    description: definition.info.description
    path: path
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
  for item in operations: {
    parent: api
    name: item.name
    properties: {
      displayName: item.displayName
      method: item.method
      urlTemplate: item.urlTemplate
      templateParameters: item.takesApi
        ? [
            {
              name: 'api'
              type: 'string'
              required: true
              description: 'The downstream API\'s name in the settings.'
            }
          ]
        : []
    }
  }
]

resource policy 'Microsoft.ApiManagement/service/apis/policies@2024-05-01' = {
  parent: api
  name: 'policy'
  properties: {
    format: 'rawxml'
    value: skuName == 'Consumption'
      ? loadTextContent('../policies/consumption/downstream.xml')
      : gatewayToken.kind == 'ManagedIdentity'
          ? loadTextContent('../policies/managed-identity/downstream.xml')
          : loadTextContent('../policies/downstream.xml')
  }
  dependsOn: [
    functions
    operation
  ]
}

resource product 'Microsoft.ApiManagement/service/products@2024-05-01' = if (subscriptionRequired) {
  parent: service
  name: 'obo'
  properties: {
    displayName: definition.info.title
    description: definition.info.description
    subscriptionRequired: true
    approvalRequired: true
    subscriptionsLimit: 1
    state: 'published'
  }
}

resource productHasApi 'Microsoft.ApiManagement/service/products/apis@2024-05-01' = if (subscriptionRequired) {
  parent: product
  name: 'obo'
  dependsOn: [
    api
  ]
}

// Its keys are made by API Management, and read in the portal by those who may.
resource clientSubscription 'Microsoft.ApiManagement/service/subscriptions@2024-05-01' = if (subscriptionRequired) {
  parent: service
  name: 'obo'
  properties: {
    displayName: 'obo'
    scope: product.id
    state: 'active'
    allowTracing: false
  }
}
