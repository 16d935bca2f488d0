// What somebody should hear of: credentials that end or are rejected, exchanges that fail, answers that fail or take long.

import { Tags } from 'types.bicep'

param name string
param location string
param tags Tags
param workspaceId string

@description('Requests are counted where clients meet them: at API Management.')
param apiManagementName string

@description('Who is told; nobody gets mail if empty, and the alerts show in the portal.')
param emails string[]

@minValue(1)
param credentialDaysLeft int

@minValue(1)
param latencyMs int

@description('Whether there is a Redis to lose.')
param sharedCache bool

// The functions log one JSON object a line (docs/errors.md lists the codes).
var events = 'AppTraces | where Message startswith "{" | extend line = parse_json(Message) | extend event = tostring(line.event)'
var answers = 'AppRequests | where AppRoleName startswith "${apiManagementName}"'

var always = [
  {
    name: 'credential-expiring'
    title: 'A client credential ends soon, or cannot be loaded'
    severity: 1
    query: '${events} | where event == "credential_unavailable" or (event == "credential_expiring" and coalesce(toint(line.daysLeft), 0) <= ${credentialDaysLeft}) or (event == "credential_selected" and isnotempty(line.expiresOn) and todatetime(line.expiresOn) < now() + ${credentialDaysLeft}d)'
    // A credential is logged by each instance that loads it; beside this, Key Vault's own mail waits for nobody.
    window: 'P1D'
    frequency: 'PT1H'
    threshold: 0
  }
  {
    name: 'credential-rejected'
    title: 'Entra ID rejects a client credential: the next one serves, if there is one'
    severity: 1
    query: '${events} | where event == "credential_rejected"'
    window: 'PT15M'
    frequency: 'PT5M'
    threshold: 0
  }
  {
    name: 'exchange-failures'
    title: 'Tokens cannot be exchanged, and not for the users\' sake'
    severity: 1
    query: '${events} | where event == "call_failed" and tostring(line.code) in ("gateway_misconfigured", "exchange_failed", "credential_unavailable", "identity_provider_unavailable", "identity_provider_timeout", "settings_invalid")'
    window: 'PT15M'
    frequency: 'PT5M'
    threshold: 5
  }
  {
    name: 'server-errors'
    title: 'More than 1 of 20 calls is answered with 5xx'
    severity: 2
    query: '${answers} | summarize calls = sum(ItemCount), failed = sumif(ItemCount, toint(ResultCode) >= 500) | where calls >= 20 and failed * 20 > calls'
    window: 'PT15M'
    frequency: 'PT5M'
    threshold: 0
  }
  {
    name: 'latency'
    title: 'One call in 20 takes longer than ${latencyMs} ms'
    severity: 3
    query: '${answers} | summarize calls = sum(ItemCount), slow = percentilew(DurationMs, ItemCount, 95) | where calls >= 20 and slow > ${latencyMs}'
    window: 'PT15M'
    frequency: 'PT5M'
    threshold: 0
  }
]

// Said once an outage and instance: calls go on without Redis, slower, and Entra ID is asked more often.
var withSharedCache = !sharedCache ? [] : [
  {
    name: 'shared-cache-unavailable'
    title: 'Redis cannot be used: each instance exchanges tokens for itself'
    severity: 2
    query: '${events} | where event == "shared_cache_unavailable"'
    window: 'PT15M'
    frequency: 'PT5M'
    threshold: 0
  }
]
var rules = concat(always, withSharedCache)

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(emails)) {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'obo'
    enabled: true
    emailReceivers: [
      for (email, index) in emails: {
        name: 'email-${index}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: 'alert-${name}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.title
      description: rule.title
      severity: rule.severity
      enabled: true
      scopes: [
        workspaceId
      ]
      evaluationFrequency: rule.frequency
      windowSize: rule.window
      autoMitigate: true
      // The tables are there, but have no columns of their own until the first entry.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: empty(emails) ? [] : [
          actionGroup.id
        ]
      }
    }
  }
]
