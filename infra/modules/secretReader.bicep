// Lets one identity read one secret and no other. A certificate with its private key is read as the secret of the same
// name: a role at the certificate itself would not reach it (github.com/Azure/azure-sdk-for-python/issues/19919).

import { VaultObjectName } from 'types.bicep'

param vaultName string

@description('Need not be there yet: a role is given at a name.')
param secretName VaultObjectName

@description('The identity (object id).')
param principalId string

@description('Who reads what.')
param reason string

// Built-in roles by their ids: learn.microsoft.com/azure/role-based-access-control/built-in-roles/security
var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' existing = {
  parent: vault
  name: secretName
}

resource readsSecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(secret.id, principalId, keyVaultSecretsUser)
  scope: secret
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: reason
  }
}
