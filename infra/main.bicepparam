// The parameters without a default, and one API to begin with. Environment variables, so that azd can fill them in:
// azd env set OBO_CLIENT_ID ... All parameters are in main.bicep.
using 'main.bicep'

param publisherEmail = readEnvironmentVariable('OBO_PUBLISHER_EMAIL', '')
param clientId = readEnvironmentVariable('OBO_CLIENT_ID', '')

param downstreamApis = [
  {
    name: 'graph'
    baseUrl: 'https://graph.microsoft.com/v1.0'
    scopes: [
      'https://graph.microsoft.com/User.Read'
    ]
  }
]
