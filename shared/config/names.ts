import { nearest } from "./nearest.ts";

/** The sections this app reads. All else in the environment belongs to others. */
export const SECTIONS = ["AzureAd", "Gateway", "TokenCache", "DownstreamApis"] as const;

/** Sections whose entries the operator names: there the second part is no setting of ours, and keeps its spelling. */
export const SECTIONS_OF_ENTRIES: readonly string[] = ["DownstreamApis"];

/** Settings of Microsoft.Identity.Web's `AzureAd` section that mean something to web apps and nothing here. */
export const IGNORED_NAMES = [
  "Domain",
  "CallbackPath",
  "SignedOutCallbackPath",
  "AllowWebApiToBeAuthorizedByACL",
  "EnablePiiLogging",
] as const;

const AZURE_AD_NAMES = [
  "Instance",
  "TenantId",
  "ClientId",
  "Audience",
  "Audiences",
  "Scopes",
  "AllowedTenants",
  "AllowedClientApplications",
  "ClientCapabilities",
  "ClientCredentials",
  "CredentialPollSeconds",
  "RequestTimeoutSeconds",
] as const;

const CLIENT_CREDENTIAL_NAMES = [
  "SourceType",
  "ClientSecret",
  "KeyVaultUrl",
  "KeyVaultSecretName",
  "KeyVaultCertificateName",
  "ManagedIdentityClientId",
  "TokenExchangeUrl",
  "CertificateDiskPath",
  "CertificatePassword",
  "Base64EncodedValue",
  "SendX5C",
] as const;

const GATEWAY_NAMES = ["Authentication", "AllowedPrincipals"] as const;

const TOKEN_CACHE_NAMES = ["MaxEntries", "MaxMegabytes", "Redis", "EncryptionKeys"] as const;

const REDIS_NAMES = ["Url", "Host", "Port", "ManagedIdentityClientId", "TimeoutSeconds"] as const;

const ENCRYPTION_KEY_NAMES = ["Id", "Value", "KeyVaultUrl", "KeyVaultSecretName", "ManagedIdentityClientId"] as const;

const DOWNSTREAM_API_NAMES = [
  "BaseUrl",
  "Scopes",
  "RequestAppToken",
  "ScopesByPrefix",
  "AllowedMethods",
  "AllowedPathPrefixes",
  "ExtraHeaderParameters",
  "MaxRequestBodyBytes",
  "AllowSetCookie",
  "RetryConnectionFailures",
  "CircuitBreaker",
  "MaxConnections",
  "MaxConcurrentCallsPerUser",
  "QueueTimeoutSeconds",
  "ConnectTimeoutSeconds",
  "ResponseTimeoutSeconds",
  "IdleTimeoutSeconds",
  "TotalTimeoutSeconds",
] as const;

const PREFIX_SCOPES_NAMES = ["Prefix", "Scopes"] as const;

const CIRCUIT_BREAKER_NAMES = ["Failures", "PauseSeconds"] as const;

/** Every name below the sections, in its canonical spelling. Case does not matter in settings, as in .NET. */
export const KNOWN_NAMES: readonly string[] = [
  ...AZURE_AD_NAMES,
  ...CLIENT_CREDENTIAL_NAMES,
  ...GATEWAY_NAMES,
  ...TOKEN_CACHE_NAMES,
  ...REDIS_NAMES,
  ...ENCRYPTION_KEY_NAMES,
  ...DOWNSTREAM_API_NAMES,
  ...PREFIX_SCOPES_NAMES,
  ...CIRCUIT_BREAKER_NAMES,
];

interface Place {
  /** Where the names stand, as an example of it. */
  readonly below: string;
  readonly path: RegExp;
  readonly names: readonly string[];
}

const PLACES: readonly Place[] = [
  { below: "AzureAd", path: /^AzureAd$/, names: AZURE_AD_NAMES },
  {
    below: "AzureAd__ClientCredentials__0",
    path: /^AzureAd__ClientCredentials__\d+$/,
    names: CLIENT_CREDENTIAL_NAMES,
  },
  { below: "TokenCache", path: /^TokenCache$/, names: TOKEN_CACHE_NAMES },
  { below: "TokenCache__Redis", path: /^TokenCache__Redis$/, names: REDIS_NAMES },
  {
    below: "TokenCache__EncryptionKeys__0",
    path: /^TokenCache__EncryptionKeys__\d+$/,
    names: ENCRYPTION_KEY_NAMES,
  },
  { below: "Gateway", path: /^Gateway$/, names: GATEWAY_NAMES },
  {
    below: "DownstreamApis__<name>__ScopesByPrefix__0",
    path: /^DownstreamApis__.+__ScopesByPrefix__\d+$/,
    names: PREFIX_SCOPES_NAMES,
  },
  {
    below: "DownstreamApis__<name>__CircuitBreaker",
    path: /^DownstreamApis__.+__CircuitBreaker$/,
    names: CIRCUIT_BREAKER_NAMES,
  },
  { below: "DownstreamApis__<name>", path: /^DownstreamApis__[^_]+(_[^_]+)*$/, names: DOWNSTREAM_API_NAMES },
];

/** The setting that was probably meant: one with nearly that name at this place, else one with that name elsewhere. */
export function meant(below: string, name: string): string | undefined {
  const here = nearest(name, PLACES.find(({ path }) => path.test(below))?.names ?? []);
  if (here !== undefined && here !== name) return `${below}__${here}`;
  const elsewhere = PLACES.find(({ path, names }) => !path.test(below) && names.includes(name));
  return elsewhere === undefined ? undefined : `${elsewhere.below}__${name}`;
}
