// Lets the function app sign with the key of one certificate, and read the certificate's public half. Certificate, key and
// secret of one name are three things to Key Vault's roles: nothing here lets it read the secret, which would be the key.

import { VaultObjectName } from 'types.bicep'

param vaultName string

@description('Need not be there yet: a role is given at a name.')
param certificateName VaultObjectName

@description('The function app\'s identity (object id).')
param principalId string

// Built-in roles by their ids: learn.microsoft.com/azure/role-based-access-control/built-in-roles/security
// No built-in role signs and does less than this one; what it may beside that, it may with this one key.
var keyVaultCryptoUser = '12338af0-0e69-4776-bea7-57ae8d297424'
// At a certificate no more of it applies than reading that certificate.
var keyVaultCertificateUser = 'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource key 'Microsoft.KeyVault/vaults/keys@2024-11-01' existing = {
  parent: vault
  name: certificateName
}

// Roles can be given at certificates although Azure Resource Manager knows no such type (github.com/Azure/bicep/issues/5630).
#disable-next-line BCP081
resource certificate 'Microsoft.KeyVault/vaults/certificates@2024-11-01' existing = {
  parent: vault
  name: certificateName
}

resource signs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(key.id, principalId, keyVaultCryptoUser)
  scope: key
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultCryptoUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Function app: signs with the key of its certificate, which stays in the vault.'
  }
}

resource readsCertificate 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(certificate.id, principalId, keyVaultCertificateUser)
  scope: certificate
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultCertificateUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Function app: reads the public half of the certificate that the vault signs for.'
  }
}
