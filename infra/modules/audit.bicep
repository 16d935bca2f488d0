// The audit: who used a key or a secret, who called the gateway, what the function app did, who replaced its package.
// Resource logs reach the workspace only through diagnostic settings; without one Azure records nothing.

import { ApimSkuName, FunctionAppLog } from 'types.bicep'

param workspaceName string
param vaultName string
param functionAppName string
param storageAccountName string
param apiManagementName string
param skuName ApimSkuName

@description('The function app\'s categories, each with a table of its own name. Empty: no setting for the app.')
param functionAppLogs FunctionAppLog[]

@description('How long audit records are kept, in days.')
@minValue(30)
@maxValue(730)
param retentionDays int

// Consumption has metrics and Application Insights only, no resource logs ("Azure Monitor and Log Analytics request logs",
// https://learn.microsoft.com/azure/api-management/api-management-features): a setting there would fail the deployment.
var gatewayLogs = skuName == 'Consumption' ? [] : ['ApiManagementGatewayLogs']
var tables = concat(['AZKVAuditLogs', 'StorageBlobLogs'], gatewayLogs, functionAppLogs)

// One table for each log. With the default, AzureDiagnostics, all would share one table and one retention.
var ownTable = 'Dedicated'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
}

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'
  }
}

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apiManagementName
}

// retentionPolicy of a diagnostic setting is retired, so the table keeps the time. The workspace's own retention would
// also apply to telemetry, which is most of the volume. Azure's tables are there before their first record.
// One after the other: a workspace refuses two changes at a time.
@batchSize(1)
resource retention 'Microsoft.OperationalInsights/workspaces/tables@2025-02-01' = [
  for table in tables: {
    parent: workspace
    name: table
    properties: {
      plan: 'Analytics'
      retentionInDays: retentionDays
      totalRetentionInDays: retentionDays
    }
  }
]

// Names of keys, secrets and certificates, the caller and its address; never a value. AzurePolicyEvaluationDetails is
// about policies of the subscription.
resource vaultAudit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspace.id
    logAnalyticsDestinationType: ownTable
    logs: [
      {
        category: 'AuditEvent'
        enabled: true
      }
    ]
  }
}

// What a record holds is in gatewayTelemetry.bicep: no headers, no bodies, no query. The gateway has no WebSocket API.
resource gatewayAudit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (skuName != 'Consumption') {
  name: 'audit'
  scope: service
  properties: {
    workspaceId: workspace.id
    logAnalyticsDestinationType: ownTable
    logs: [
      {
        category: 'GatewayLogs'
        enabled: true
      }
    ]
  }
}

// A category that the plan lacks fails the deployment. FunctionAppLogs is the one that Microsoft names for every plan
// (https://learn.microsoft.com/azure/azure-functions/monitor-functions-reference#resource-logs).
resource functionAppAudit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(functionAppLogs)) {
  name: 'audit'
  scope: app
  properties: {
    workspaceId: workspace.id
    logAnalyticsDestinationType: ownTable
    logs: [
      for category in functionAppLogs: {
        category: category
        enabled: true
      }
    ]
  }
}

// The package is the code that runs: writes and deletes say who replaced it. Reads would be the host's own, in bulk.
resource packageAudit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: account::blobs
  properties: {
    workspaceId: workspace.id
    logAnalyticsDestinationType: ownTable
    logs: [
      {
        category: 'StorageWrite'
        enabled: true
      }
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
  }
}
