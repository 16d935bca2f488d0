// The policy fragments. API Management checks a fragment's includes when it takes it: obo-problem goes first.

import { ApimSkuName, GatewayToken } from 'types.bicep'

param apiManagementName string
param skuName ApimSkuName
param gatewayToken GatewayToken

@description('Whether there is an API that API Management calls itself.')
param hasDirectApi bool

// The Consumption tier has no cache; see scripts/policies.ts.
var clientCredentials = skuName == 'Consumption'
  ? loadTextContent('../policies/consumption/fragments/gateway-token.client-credentials.xml')
  : loadTextContent('../policies/fragments/gateway-token.client-credentials.xml')
var managedIdentity = loadTextContent('../policies/fragments/gateway-token.managed-identity.xml')

var directFragments = [
  {
    name: 'obo-direct-rules'
    description: 'Path, prefix, verb and headers of a call to an API that API Management calls itself.'
    value: loadTextContent('../policies/fragments/direct-rules.xml')
  }
  {
    name: 'obo-direct-request'
    description: 'Takes away what such an API does not get.'
    value: loadTextContent('../policies/fragments/direct-request.xml')
  }
  {
    name: 'obo-direct-answer'
    description: 'Takes away what clients do not get of such an API\'s answer.'
    value: loadTextContent('../policies/fragments/direct-answer.xml')
  }
]

var fragments = [
  {
    name: 'obo-correlation'
    description: 'The correlation id of the call.'
    value: loadTextContent('../policies/fragments/correlation.xml')
  }
  {
    name: 'obo-request-guards'
    description: 'Stops what would hang or deceive the function app.'
    value: loadTextContent('../policies/fragments/request-guards.xml')
  }
  {
    name: 'obo-user-token'
    description: 'Validates token A and moves it to X-Forwarded-Authorization.'
    value: loadTextContent('../policies/fragments/user-token.xml')
  }
  {
    name: 'obo-gateway-token'
    description: 'Puts the gateway\'s own token into Authorization.'
    value: gatewayToken.kind == 'ClientCredentials' ? clientCredentials : managedIdentity
  }
  {
    name: 'obo-answer'
    description: 'Passes the answer on.'
    value: loadTextContent('../policies/fragments/answer.xml')
  }
  {
    name: 'obo-on-error'
    description: 'What API Management itself refuses or fails at, as a problem.'
    value: loadTextContent('../policies/fragments/on-error.xml')
  }
]

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apiManagementName
}

resource problem 'Microsoft.ApiManagement/service/policyFragments@2024-05-01' = {
  parent: service
  name: 'obo-problem'
  properties: {
    description: 'Ends the call with a problem (RFC 9457), as docs/errors.md lists them.'
    format: 'rawxml'
    value: loadTextContent('../policies/fragments/problem.xml')
  }
}

resource others 'Microsoft.ApiManagement/service/policyFragments@2024-05-01' = [
  for fragment in concat(fragments, hasDirectApi ? directFragments : []): {
    parent: service
    name: fragment.name
    properties: {
      description: fragment.description
      format: 'rawxml'
      value: fragment.value
    }
    dependsOn: [
      problem
    ]
  }
]
