import type { Secret, SecretBytes } from "../secret.ts";

/** The app's settings: typed, validated, frozen. Durations are milliseconds. */
export interface Settings {
  readonly azureAd: AzureAdSettings;
  readonly gateway: GatewaySettings;
  readonly tokenCache: TokenCacheSettings;
  readonly downstreamApis: Readonly<Record<string, DownstreamApiSettings>>;
}

/** Who stands in front. */
export interface GatewaySettings {
  /** `entra`: calls must carry the gateway's own token. `none`: users' clients call directly. */
  readonly authentication: "none" | "entra";
  /** Object ids or client ids of the gateways that may call. Empty with `none`. */
  readonly allowedPrincipals: readonly string[];
  /** The APIs for which `GET /authorization/{api}` exists. Empty with `none`. */
  readonly authorizationApis: readonly string[];
  /** The tenant that issues the gateway's own token. Always there with `entra`. */
  readonly tenantId: string | undefined;
}

/** How many tokens are kept, and where. */
export interface TokenCacheSettings {
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** Undefined: each instance of the app has its own tokens only. */
  readonly redis: RedisSettings | undefined;
}

/** The cache that all instances share. */
export interface RedisSettings {
  readonly server: RedisServerSettings;
  /** Limit of one operation. */
  readonly timeoutMs: number;
  /** The first encrypts; all decrypt. */
  readonly encryptionKeys: readonly EncryptionKeySettings[];
}

export type RedisServerSettings =
  /** `redis://` or `rediss://`, which may hold a user and a password. */
  | { readonly authentication: "url"; readonly url: Secret }
  /** Over TLS, as the app's own identity. */
  | {
      readonly authentication: "entra";
      readonly host: string;
      readonly port: number;
      readonly managedIdentityClientId: string | undefined;
    };

/** An AES-256 key, here or in Key Vault (there in base64 too). */
export type EncryptionKeySettings =
  | { readonly id: string; readonly source: "value"; readonly value: Secret }
  | {
      readonly id: string;
      readonly source: "keyVault";
      readonly keyVaultUrl: string;
      readonly secretName: string;
      readonly managedIdentityClientId: string | undefined;
    };

export interface AzureAdSettings {
  /** The cloud's sign-in endpoint, without a slash at the end: `https://login.microsoftonline.com`. */
  readonly instance: string;
  /** A tenant's GUID, or `organizations` / `common` for an app of several tenants. */
  readonly tenantId: string;
  readonly clientId: string;
  /** What `aud` of token A may be. */
  readonly audiences: readonly string[];
  /** Token A must have one of these; with none given, any delegated scope does. */
  readonly scopes: readonly string[];
  /** Tenants whose users may call, where the app is one of several tenants. Empty: any organisation. */
  readonly allowedTenants: readonly string[];
  /** Client apps that may call. Empty: any. */
  readonly allowedClientApplications: readonly string[];
  readonly clientCapabilities: readonly string[];
  /** In order of preference. */
  readonly clientCredentials: readonly ClientCredentialSettings[];
  /** How often, in the background, a newer version of them is looked for. */
  readonly credentialPollMs: number;
  readonly requestTimeoutMs: number;
}

export type ClientCredentialSettings =
  | { readonly sourceType: "ClientSecret"; readonly clientSecret: Secret }
  | ({ readonly sourceType: "ClientSecret" } & KeyVaultSecretSettings)
  | ({ readonly sourceType: "KeyVault" } & KeyVaultCertificateSettings & CertificateUse)
  | ({ readonly sourceType: "SignedAssertionFromVault" } & KeyVaultCertificateSettings & CertificateUse)
  | ({ readonly sourceType: "SignedAssertionFromManagedIdentity" } & ManagedIdentityAssertionSettings)
  | ({ readonly sourceType: "Path"; readonly path: string; readonly password: Secret } & CertificateUse)
  | ({ readonly sourceType: "Base64Encoded"; readonly value: SecretBytes; readonly password: Secret } & CertificateUse);

/** Which vault, and as whom to go there; undefined: as `azureIdentity` chooses. */
export interface KeyVaultAccessSettings {
  readonly keyVaultUrl: string;
  readonly managedIdentityClientId: string | undefined;
}

export interface KeyVaultSecretSettings extends KeyVaultAccessSettings {
  readonly secretName: string;
}

export interface KeyVaultCertificateSettings extends KeyVaultAccessSettings {
  readonly certificateName: string;
}

/** A user-assigned managed identity that the app registration trusts. */
export interface ManagedIdentityAssertionSettings {
  readonly managedIdentityClientId: string;
  /** The audience of the federated credential. Undefined: the one of the instance's cloud. */
  readonly tokenExchangeUrl: string | undefined;
}

interface CertificateUse {
  /** Send the certificate chain (`x5c`) along: for registrations that trust subject name and issuer. */
  readonly sendX5C: boolean;
}

export interface DownstreamApiSettings {
  readonly name: string;
  /** Scheme, host and port of the base URL: the only place token B for this API ever goes. */
  readonly origin: string;
  /** The base URL's path, without a slash at the end; empty for the root. */
  readonly basePath: string;
  readonly scopes: readonly string[];
  /** Called as the app itself, by client credentials: for an API that takes no users. Token A is demanded all the same. */
  readonly requestAppToken: boolean;
  /** Other scopes for what is below a prefix; the longest prefix comes first, and counts. */
  readonly scopesByPrefix: readonly PrefixScopes[];
  /** In capitals. Empty: any. */
  readonly allowedMethods: readonly string[];
  /** What of the API is open, each without a slash at the end. Empty: all of it. */
  readonly allowedPathPrefixes: readonly string[];
  /** Sent with each call, in the place of the caller's of that name. */
  readonly extraHeaders: readonly ExtraHeader[];
  /** Request headers, in lower case, that pass although the gateway drops them elsewhere (`headerRules.ts`). */
  readonly passRequestHeaders: readonly string[];
  /** Undefined: no limit. */
  readonly maxRequestBodyBytes: number | undefined;
  readonly allowSetCookie: boolean;
  /** The API's answers are the same for all users: what they say to shared caches passes. */
  readonly allowSharedCaching: boolean;
  /** One more attempt with verbs that may be repeated, where the connection failed before anything of an answer came. */
  readonly retryConnectionFailures: boolean;
  /** Undefined: none. */
  readonly circuitBreaker: CircuitBreakerSettings | undefined;
  readonly maxConnections: number;
  /** Of one user, from the permit to call until both bodies are over. */
  readonly maxConcurrentCallsPerUser: number;
  /** How long a call waits for its turn. */
  readonly queueTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** From the end of the request until the answer's headers. */
  readonly responseTimeoutMs: number;
  /** Between two pieces of the answer's body. */
  readonly idleTimeoutMs: number;
  /** The whole call. Never longer than the function may run. */
  readonly totalTimeoutMs: number;
}

/** Leaves an API alone that fails every time. */
export interface CircuitBreakerSettings {
  /** In a row. */
  readonly failures: number;
  readonly pauseMs: number;
}

export interface PrefixScopes {
  /** Begins with a slash and ends without one; empty for all paths. */
  readonly prefix: string;
  readonly scopes: readonly string[];
}

export interface ExtraHeader {
  /** In lower case. */
  readonly name: string;
  /** May be a key. */
  readonly value: Secret;
}
