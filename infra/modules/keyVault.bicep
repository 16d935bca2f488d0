// Holds what the function app alone reads, and nothing else: the certificate with which it proves itself and, with Redis, the
// keys that tokens are encrypted with. So their reader can be given the vault.

import { Tags } from 'types.bicep'

@minLength(3)
@maxLength(24)
param name string
param location string
param tags Tags
param publicNetworkAccess bool

@description('The function app\'s identity (object id).')
param principalId string

var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      defaultAction: publicNetworkAccess ? 'Allow' : 'Deny'
      bypass: 'None'
    }
  }
}

// A certificate's private key is read as the secret of the same name. Secrets come and go, so the vault is the scope.
resource functionAppReadsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, keyVaultSecretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Function app: reads its certificate with key and, with Redis, the token cache\'s keys.'
  }
}

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
