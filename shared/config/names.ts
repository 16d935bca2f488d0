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

const GATEWAY_NAMES = ["Authentication", "AllowedPrincipals", "AuthorizationApis", "TenantId"] as const;

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
  "PassRequestHeaders",
  "MaxRequestBodyBytes",
  "AllowSetCookie",
  "AllowSharedCaching",
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
  /** Where the names stand: `<name>` is a name of the operator's, a number any number. */
  readonly below: string;
  readonly names: readonly string[];
}

/** Every place where settings of ours stand. */
export const PLACES: readonly Place[] = [
  { below: "AzureAd", names: AZURE_AD_NAMES },
  { below: "AzureAd__ClientCredentials__0", names: CLIENT_CREDENTIAL_NAMES },
  { below: "TokenCache", names: TOKEN_CACHE_NAMES },
  { below: "TokenCache__Redis", names: REDIS_NAMES },
  { below: "TokenCache__EncryptionKeys__0", names: ENCRYPTION_KEY_NAMES },
  { below: "Gateway", names: GATEWAY_NAMES },
  { below: "DownstreamApis__<name>__ScopesByPrefix__0", names: PREFIX_SCOPES_NAMES },
  { below: "DownstreamApis__<name>__CircuitBreaker", names: CIRCUIT_BREAKER_NAMES },
  { below: "DownstreamApis__<name>", names: DOWNSTREAM_API_NAMES },
];

/** An API's name in a setting that is written right: without the separator in it. */
export const API_NAME = "[^_]+(?:_[^_]+)*";

const PATHS = new Map(PLACES.map((place) => [place, new RegExp(`^${placePattern(place.below, "__", API_NAME)}$`)]));

/** A place as a pattern that captures what the operator chose in it: the name of an API, and numbers. */
export function placePattern(below: string, separator: string, apiName: string): string {
  return below
    .split("__")
    .map((part) => (part === "<name>" ? `(${apiName})` : part === "0" ? "(\\d+)" : part))
    .join(separator);
}

/** The setting that was probably meant: one with nearly that name at this place, else one with that name elsewhere. */
export function meant(below: string, name: string): string | undefined {
  const isHere = (place: Place) => PATHS.get(place)?.test(below) === true;
  const here = nearest(name, PLACES.find(isHere)?.names ?? []);
  if (here !== undefined && here !== name) return `${below}__${here}`;
  const elsewhere = PLACES.find((place) => !isHere(place) && place.names.includes(name));
  return elsewhere === undefined ? undefined : `${elsewhere.below}__${name}`;
}

const MAX_EDITS = 3;

/** The known name that a misspelt one most likely means: at most three edits away, else none. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = MAX_EDITS + 1;
  for (const candidate of known) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Levenshtein, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

const LETTERS_PER_EDIT = 3;

/** The edits between two names that are alike, case aside: at most one in three letters of the known one. Else undefined. */
export function editsOfAlike(name: string, known: string): number | undefined {
  const most = Math.floor(known.length / LETTERS_PER_EDIT);
  if (Math.abs(name.length - known.length) > most) return undefined;
  const edits = editDistance(name.toLowerCase(), known.toLowerCase());
  return edits <= most ? edits : undefined;
}
