// What an operator says, as types: the editor completes it, and a deployment refuses what does not fit.

@export()
@description('A downstream API: the name in the gateway\'s path, where it is, and what is asked for at Entra ID. Becomes DownstreamApis__{name}__... settings.')
type DownstreamApi = {
  @description('Stands in the path /downstream/{name}/. Letters, digits, "_" and ".": app settings on Linux take no other characters.')
  @minLength(1)
  @maxLength(64)
  name: string

  @description('https, without query or fragment.')
  @minLength(9)
  baseUrl: string

  @description('What token B is asked for, like https://graph.microsoft.com/User.Read.')
  @minLength(1)
  scopes: Scope[]

  @description('Called as the gateway itself, for an API that takes no users: the one scope is then its app id URI with /.default, and what it may do are the app roles of the registration. Default: called as the user.')
  requestAppToken: bool?

  @description('Other scopes for the paths below a prefix; the longest prefix counts.')
  scopesByPrefix: PrefixScopes[]?

  @description('The verbs that may be used; others get 405. GET does not include HEAD. Default: all.')
  @minLength(1)
  allowedMethods: Method[]?

  @description('The parts of the API that are open, like /me; others get 403. Default: all of it.')
  @minLength(1)
  allowedPathPrefixes: PathPrefix[]?

  @description('Headers for every call, in the place of the caller\'s.')
  extraHeaderParameters: ExtraHeader[]?

  @description('Names of request headers that pass to this API although the gateway drops them (docs/generated/edge.md). Default: none.')
  @minLength(1)
  passRequestHeaders: HeaderName[]?

  @description('A longer request body gets 413. Default: no limit of its own.')
  @minValue(0)
  @maxValue(1099511627776)
  maxRequestBodyBytes: int?

  @description('The API\'s cookies reach the client. Default: they do not.')
  allowSetCookie: bool?

  @description('The API\'s answers are the same for all users, so what it says to shared caches passes. Default: they are one user\'s.')
  allowSharedCaching: bool?

  @description('One more attempt, with verbs that may be repeated, where the connection failed. Default: none.')
  retryConnectionFailures: bool?

  @description('Leaves the API alone that fails every time. Default: none.')
  circuitBreaker: CircuitBreaker?

  @description('Connections to this API, per instance; further calls wait for one, users in turn. Default 256.')
  @minValue(1)
  @maxValue(65535)
  maxConnections: int?

  @description('Calls that one user may have under way to this API, per instance; further ones wait. Default: an eighth of the connections.')
  @minValue(1)
  @maxValue(65535)
  maxConcurrentCallsPerUser: int?

  @description('How long a call waits for a connection, 0.1 to 60, as text: Bicep has no fractions. Default 5.')
  queueTimeoutSeconds: string?

  @description('0.1 to 60. Default 5.')
  connectTimeoutSeconds: string?

  @description('Until the answer\'s headers, 0.1 to 230. Default 60.')
  responseTimeoutSeconds: string?

  @description('Between two pieces of the answer\'s body, 0.1 to 230. Default 120.')
  idleTimeoutSeconds: string?

  @description('The whole call. Default: functionTimeout of host.json less 10 s.')
  totalTimeoutSeconds: string?
}

type CircuitBreaker = {
  @description('In a row, until it opens.')
  @minValue(1)
  @maxValue(10000)
  failures: int

  @description('How long calls are then refused. Default 30.')
  @minValue(1)
  @maxValue(3600)
  pauseSeconds: int?
}

@description('Other scopes for a part of an API.')
type PrefixScopes = {
  prefix: PathPrefix

  @minLength(1)
  scopes: Scope[]
}

@description('A path below the base URL, like /me/messages.')
@minLength(1)
type PathPrefix = string

@minLength(1)
type Scope = string

@description('Those that the function app has a route for.')
type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

@export()
@description('A header that the gateway sends with every call to a downstream API. Its name as the API knows it, dashes and all.')
@discriminator('kind')
type ExtraHeader = PlainHeader | SecretHeader

@description('A value that anyone may see who may see the deployment: no key.')
type PlainHeader = {
  kind: 'Value'
  name: HeaderName

  @minLength(1)
  value: string
}

@description('A value that the deployed Key Vault holds as a secret: an API key. Becomes a Key Vault reference, and the role to read that one secret.')
type SecretHeader = {
  kind: 'KeyVaultSecret'
  name: HeaderName
  secretName: VaultObjectName
}

@minLength(1)
@maxLength(128)
type HeaderName = string

@export()
@description('One way for the function app to prove itself to Entra ID. Becomes AzureAd__ClientCredentials__n__... settings, and the least role at the one thing that it reads or signs with.')
@discriminator('sourceType')
type ClientCredential =
  | CertificateCredential
  | VaultSignedCredential
  | FederatedCredential
  | ClientSecretCredential

@description('A certificate with exportable key in the deployed Key Vault: the app reads both.')
type CertificateCredential = {
  sourceType: 'KeyVault'
  certificateName: VaultObjectName
}

@description('A certificate whose key never leaves the deployed Key Vault: the vault signs.')
type VaultSignedCredential = {
  sourceType: 'SignedAssertionFromVault'
  certificateName: VaultObjectName
}

@description('No secret anywhere: the app\'s user-assigned identity, which the registration trusts by a federated credential (identityPrincipalId of the outputs).')
type FederatedCredential = {
  sourceType: 'SignedAssertionFromManagedIdentity'
}

@description('A client secret that the deployed Key Vault holds as a secret.')
type ClientSecretCredential = {
  sourceType: 'ClientSecret'
  secretName: VaultObjectName
}

@export()
@description('Of a certificate or secret in the deployed Key Vault.')
@minLength(1)
@maxLength(127)
type VaultObjectName = string

@export()
@description('Where API Management gets its own token for the function app.')
@discriminator('kind')
type GatewayToken = ManagedIdentityToken | ClientCredentialsToken

@description('From its system-assigned identity: no secret anywhere. The better choice wherever it is one.')
type ManagedIdentityToken = {
  kind: 'ManagedIdentity'
}

@description('By client credentials, as in Microsoft\'s policy sample "Get OAuth2 access token from AAD and forward it to the backend".')
type ClientCredentialsToken = {
  kind: 'ClientCredentials'

  @description('The app registration whose secret it is. Its tokens are what the function app then admits.')
  @minLength(36)
  @maxLength(36)
  clientId: string

  @description('A Key Vault in this resource group, with RBAC, that already holds the secret. Not the deployed one: API Management must not read the function app\'s certificate.')
  vaultName: string

  secretName: string
}

@export()
@description('An API that API Management calls itself with token B, which the function app only obtains (policies/downstream-token.xml).')
type DirectApi = {
  @description('The name of one of downstreamApis, whose allowedMethods, allowedPathPrefixes, passRequestHeaders, allowSetCookie and allowSharedCaching hold for it.')
  name: string

  @description('Where API Management calls it.')
  backendUrl: string

  @description('Below the gateway\'s address.')
  path: string
}

@export()
type ApimSkuName = 'Consumption' | 'Developer' | 'Basic' | 'Standard' | 'Premium' | 'BasicV2' | 'StandardV2' | 'PremiumV2'

@export()
type RedisSkuName = 'Balanced_B0' | 'Balanced_B1' | 'Balanced_B3' | 'Balanced_B5' | 'Balanced_B10'

@export()
@description('A secret in the deployed Key Vault with 32 random bytes in base64. Tokens in Redis say by this name which key they are encrypted with: a new key needs a new name.')
@minLength(1)
@maxLength(32)
type TokenCacheKeyName = string

@export()
@description('A client id or a tenant id.')
@minLength(36)
@maxLength(36)
type Guid = string

@export()
@description('Of a browser app, like https://app.example.')
@minLength(8)
type Origin = string

@export()
@minLength(3)
type EmailAddress = string

@export()
@description('cp1 is the only one that Entra ID knows.')
@minLength(1)
type ClientCapability = string

@export()
@description('A category of the function app\'s resource logs. Ask Azure which ones your app has before you add one: az monitor diagnostic-settings categories list.')
type FunctionAppLog = 'FunctionAppLogs' | 'AppServiceAuthenticationLogs' | 'AppServiceHTTPLogs'

@export()
@description('Tags of every resource.')
type Tags = {
  *: string
}
