// API Management's telemetry: one trace with the functions' (W3C), no bodies, no headers, no query. What its audit log
// records is set here too, by the same rule.

import { ApimSkuName } from 'types.bicep'

param apiManagementName string
param skuName ApimSkuName

@description('API Management\'s identity (object id).')
param principalId string

param applicationInsightsName string

@description('Percent of the calls; failures are always logged.')
@minValue(0)
@maxValue(100)
param samplingPercentage int

@description('Percent of the calls in the audit log; failures are always logged.')
@minValue(0)
@maxValue(100)
param auditSamplingPercentage int

var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

// Nothing of a message is logged but its line, and of that not the query.
var lineOnly = {
  headers: []
  body: {
    bytes: 0
  }
  dataMasking: {
    queryParams: [
      {
        value: '*'
        mode: 'Hide'
      }
    ]
  }
}
var nothing = {
  headers: []
  body: {
    bytes: 0
  }
}

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apiManagementName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource apiManagementSendsTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(applicationInsights.id, principalId, monitoringMetricsPublisher)
  scope: applicationInsights
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'API Management: sends telemetry.'
  }
}

// Says where, not who: without the role above nothing is taken in. A named value, or each deployment makes a new one.
resource connection 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: service
  name: 'obo-application-insights'
  properties: {
    displayName: 'obo-application-insights'
    value: applicationInsights.properties.ConnectionString
    secret: false
  }
}

resource logger 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {
  parent: service
  name: 'obo-application-insights'
  properties: {
    loggerType: 'applicationInsights'
    resourceId: applicationInsights.id
    credentials: {
      connectionString: '{{${connection.name}}}'
      identityClientId: 'SystemAssigned'
    }
  }
  dependsOn: [
    apiManagementSendsTelemetry
  ]
}

resource diagnostic 'Microsoft.ApiManagement/service/diagnostics@2024-05-01' = {
  parent: service
  name: 'applicationinsights'
  properties: {
    loggerId: logger.id
    httpCorrelationProtocol: 'W3C'
    verbosity: 'information'
    alwaysLog: 'allErrors'
    logClientIp: false
    sampling: {
      samplingType: 'fixed'
      percentage: samplingPercentage
    }
    frontend: {
      request: lineOnly
      response: nothing
    }
    backend: {
      request: lineOnly
      response: nothing
    }
  }
}

// GatewayLogs record headers and bodies only where this diagnostic names them, and the URL with its query unless it is
// hidden here (https://learn.microsoft.com/azure/api-management/gateway-log-schema-reference). So no token and no
// subscription key is recorded. The client's address is: an audit says from where. Both names are Azure's own.
resource auditLogger 'Microsoft.ApiManagement/service/loggers@2024-05-01' = if (skuName != 'Consumption') {
  parent: service
  name: 'azuremonitor'
  properties: {
    loggerType: 'azureMonitor'
    isBuffered: false
  }
}

resource auditDiagnostic 'Microsoft.ApiManagement/service/diagnostics@2024-05-01' = if (skuName != 'Consumption') {
  parent: service
  name: 'azuremonitor'
  properties: {
    loggerId: auditLogger.id
    verbosity: 'information'
    alwaysLog: 'allErrors'
    logClientIp: true
    sampling: {
      samplingType: 'fixed'
      percentage: auditSamplingPercentage
    }
    frontend: {
      request: lineOnly
      response: nothing
    }
    backend: {
      request: lineOnly
      response: nothing
    }
  }
}
