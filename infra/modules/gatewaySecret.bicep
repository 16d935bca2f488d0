// Lets API Management read one secret: that of the gateway's own client credentials (gatewayToken ClientCredentials).

param vaultName string
param secretName string

@description('API Management\'s identity (object id).')
param principalId string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

module reader 'secretReader.bicep' = {
  name: 'gateway-secret-reader'
  params: {
    vaultName: vaultName
    secretName: secretName
    principalId: principalId
    reason: 'API Management: reads the secret of its own client credentials.'
  }
}

@description('Without a version: a new one is taken up within 4 hours.')
output keyVaultIdentifier string = '${vault.properties.vaultUri}secrets/${secretName}'
