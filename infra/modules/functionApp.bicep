// The function app on Flex Consumption. Its settings are in functionAppSettings.bicep, who may call it in functionAppAccess.bicep.

import { Tags } from 'types.bicep'

param name string
param location string
param tags Tags

@description('Resource id of the user-assigned identity the app runs as.')
param identityId string

@description('That identity\'s object id.')
param identityPrincipalId string

@description('The blob container that packages are deployed to.')
param packagesUrl string

param applicationInsightsName string

@description('Off: only through a private endpoint.')
param publicNetworkAccess bool

@description('The subnet the app sends from; empty for none.')
param subnetId string

param instanceMemoryMB 512 | 2048 | 4096

@minValue(1)
@maxValue(1000)
param maximumInstanceCount int

@minValue(0)
@maxValue(1000)
param alwaysReadyInstances int

@minValue(1)
@maxValue(1000)
param concurrentCallsPerInstance int

var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: 'func-${name}'
  location: location
  // azd finds the app to publish to by this tag (azure.yaml).
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    // As whom the platform reads what Key Vault references name; else the system-assigned identity, which there is not.
    keyVaultReferenceIdentity: identityId
    httpsOnly: true
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      remoteDebuggingEnabled: false
    }
    functionAppConfig: {
      runtime: {
        name: 'node'
        version: '24'
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyInstances == 0 ? [] : [
          {
            name: 'http'
            instanceCount: alwaysReadyInstances
          }
        ]
        triggers: {
          http: {
            perInstanceConcurrency: concurrentCallsPerInstance
          }
        }
      }
    }
  }
}

// Publishing by user name and password, off on both ways in: deployments come with a token of Entra ID.
resource publishingOverFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource publishingOverScm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource functionAppSendsTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(applicationInsights.id, identityPrincipalId, monitoringMetricsPublisher)
  scope: applicationInsights
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Function app: sends telemetry.'
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
