// What the function app may do in the deployed Key Vault: for each credential, each of the token cache's keys and each
// secret header that by itself, no role at the vault. A federated credential needs nothing there.

import { ClientCredential, DownstreamApi, TokenCacheKeyName } from 'types.bicep'

param vaultName string

@description('The function app\'s identity (object id).')
param principalId string

param clientCredentials ClientCredential[]

@description('Empty without Redis.')
param tokenCacheKeys TokenCacheKeyName[]

param downstreamApis DownstreamApi[]

var exported = map(
  filter(clientCredentials, credential => credential.sourceType == 'KeyVault'),
  credential => { name: credential.?certificateName ?? '', reason: 'Function app: reads its certificate with key.' }
)
var clientSecrets = map(
  filter(clientCredentials, credential => credential.sourceType == 'ClientSecret'),
  credential => { name: credential.?secretName ?? '', reason: 'Function app: reads its client secret.' }
)
var encryptionKeys = map(
  tokenCacheKeys,
  key => { name: key, reason: 'Function app, with Redis: reads what tokens there are encrypted with.' }
)
var headerSecrets = filter(
  flatten(map(downstreamApis, api => api.?extraHeaderParameters ?? [])),
  header => header.kind == 'KeyVaultSecret'
)
// One secret may be the header of several APIs: a role is given once (union leaves out what comes again).
var headerValues = map(
  union([], map(headerSecrets, header => header.?secretName ?? '')),
  name => { name: name, reason: 'Function app: reads a header that a downstream API wants.' }
)
var signed = map(
  filter(clientCredentials, credential => credential.sourceType == 'SignedAssertionFromVault'),
  credential => credential.?certificateName ?? ''
)

module secretReaders 'secretReader.bicep' = [
  for (secret, index) in concat(exported, clientSecrets, encryptionKeys, headerValues): {
    name: 'secret-reader-${index}'
    params: {
      vaultName: vaultName
      secretName: secret.name
      principalId: principalId
      reason: secret.reason
    }
  }
]

module keySigners 'keySigner.bicep' = [
  for (certificateName, index) in signed: {
    name: 'key-signer-${index}'
    params: {
      vaultName: vaultName
      certificateName: certificateName
      principalId: principalId
    }
  }
]
