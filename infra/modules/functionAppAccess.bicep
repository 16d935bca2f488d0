// Easy Auth in front of the function app: only API Management's own token gets through, before any code runs. It looks at
// Authorization alone, which carries exactly that token; the user's, in X-Forwarded-Authorization, the functions validate.

param functionAppName string
param clientId string

@description('Object ids that may call. Empty where the client app decides.')
param principalIds string[]

@description('Client ids of apps that may call. Empty where the identity decides.')
param clientApplications string[]

// Some clouds' address ends with a slash, others' does not (learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-deployment).
var loginEndpoint = environment().authentication.loginEndpoint
var authority = endsWith(loginEndpoint, '/') ? loginEndpoint : '${loginEndpoint}/'

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: functionAppName
}

resource authentication 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
      runtimeVersion: '~1'
    }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      // Says only that the process answers; for probes that have no token.
      excludedPaths: [
        '/api/health/live'
      ]
    }
    httpSettings: {
      requireHttps: true
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: clientId
          // v2.0: the registration must ask for v2 access tokens (requestedAccessTokenVersion 2).
          openIdIssuer: '${authority}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [
            clientId
            'api://${clientId}'
          ]
          defaultAuthorizationPolicy: {
            allowedPrincipals: empty(principalIds) ? null : {
              identities: principalIds
            }
            allowedApplications: clientApplications
          }
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
  }
}
