// Lets API Management read one secret: that of the gateway's own client credentials (gatewayToken ClientCredentials).

param vaultName string
param secretName string

@description('API Management\'s identity (object id).')
param principalId string

var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName

  resource secret 'secrets' existing = {
    name: secretName
  }
}

resource apiManagementReadsSecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault::secret.id, principalId, keyVaultSecretsUser)
  scope: vault::secret
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'API Management: reads the secret of its own client credentials.'
  }
}

@description('Without a version: a new one is taken up within 4 hours.')
output keyVaultIdentifier string = '${vault.properties.vaultUri}secrets/${secretName}'
