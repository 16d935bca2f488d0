import type { X509Certificate } from "node:crypto";
import type { TokenCredential } from "@azure/identity";
import { cloudOfInstance, cloudOfVault, PUBLIC_CLOUD } from "../config/azureAdSchema.ts";
import type {
  KeyVaultAccessSettings,
  KeyVaultCertificateSettings,
  KeyVaultSecretSettings,
} from "../config/settings.ts";
import { Secret } from "../secret.ts";
import type { AzureIdentityOptions } from "./azureIdentity.ts";
import { azureIdentity, forResourceOnly } from "./azureIdentity.ts";
import { checkKey, readX509 } from "./certificate.ts";
import { withinTime } from "./credentialSlot.ts";
import type { ListedVersion } from "./credentialVersion.ts";

/** One operation, retries included: a user is waiting when the app starts cold. */
const TIMEOUT_MS = 8_000;
const RETRIES = { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 };

export type VaultReaderOptions = Omit<AzureIdentityOptions, "managedIdentityClientId">;

/** What every client of Key Vault's SDK is made with. */
export interface VaultAccess {
  readonly identity: TokenCredential;
  readonly clientOptions: () => {
    readonly disableChallengeResourceVerification: boolean;
    readonly retryOptions: typeof RETRIES;
  };
}

/** The app's own identity, for one vault and nothing else. */
export async function vaultAccess(
  { keyVaultUrl, managedIdentityClientId }: KeyVaultAccessSettings,
  options: VaultReaderOptions,
): Promise<VaultAccess> {
  const cloud = vaultCloud(keyVaultUrl, options.instance);
  const identity = await azureIdentity({ ...options, managedIdentityClientId });
  return {
    identity: forResourceOnly(identity, cloud.resource),
    // New ones each time, for the SDK writes into them.
    clientOptions: () => ({ disableChallengeResourceVerification: !cloud.microsoft, retryOptions: RETRIES }),
  };
}

/** Runs one operation of the SDK within the time that a vault has. See `withinTime`. */
export function withinVaultTime<T>(operation: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  return withinTime(TIMEOUT_MS, operation);
}

/** All that a list of the SDK's has, page by page. Versions of one thing are few. */
export async function listed<T>(list: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const each of list) all.push(each);
  return all;
}

const OVERDUE = `no answer from the vault, or from the sign-in that it asks for, within ${TIMEOUT_MS} ms`;
const FIREWALL = "or the vault's firewall is in the way";
const UNREADABLE = `the app's identity may not read it, ${FIREWALL}; it needs the role`;

/** What is used, in the operator's words, and what is wrong where that is forbidden: the least role that allows it. */
const USES = {
  secret: { kind: "secret", forbidden: `${UNREADABLE} Key Vault Secrets User` },
  certificateWithKey: { kind: "certificate", forbidden: `${UNREADABLE} Key Vault Secrets User` },
  certificate: { kind: "certificate", forbidden: `${UNREADABLE} Key Vault Certificate User on the certificate` },
  signing: {
    kind: "key",
    forbidden: `the app's identity may not sign with it, ${FIREWALL}; it needs the role Key Vault Crypto User on the key, and the key must be enabled`,
  },
} as const;

export type VaultUse = keyof typeof USES;

const CURES: Readonly<Record<string, string>> = {
  401: "the app's identity was not accepted; check its tenant",
  429: "the vault is throttling",
  AbortError: OVERDUE,
  TimeoutError: OVERDUE,
};

/**
 * Why an operation failed, as the end of a sentence. Azure's SDK errors carry whole responses: only what cannot hold a
 * secret is taken over.
 */
export function vaultFailure(error: unknown, use: VaultUse): string {
  if (!(error instanceof Error)) return String(error);
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;
  const code = "code" in error && typeof error.code === "string" ? ` (${error.code})` : "";
  if (status !== undefined) return `HTTP ${status}${code}: ${cureOf(status, use)}.`;
  const cure = CURES[error.name];
  return cure === undefined ? `${error.message}${error.message.endsWith(".") ? "" : "."}` : `${cure}.`;
}

function cureOf(status: number, use: VaultUse): string {
  if (status === 403) return USES[use].forbidden;
  if (status === 404) return `there is no such ${USES[use].kind}, or it was deleted`;
  return CURES[status] ?? (status >= 500 ? "the vault is out of order" : "the vault refuses");
}

/**
 * Which resource a vault's tokens are for: that of its own cloud, else (a stand-in that the settings name) that of the
 * cloud the app signs in to. The settings are checked at the start, so that the two are one cloud.
 */
export function vaultCloud(
  keyVaultUrl: string,
  instance: string,
): { readonly resource: string; readonly microsoft: boolean } {
  const own = cloudOfVault(keyVaultUrl);
  const { vaultResource } = own ?? cloudOfInstance(instance) ?? PUBLIC_CLOUD;
  return { resource: vaultResource, microsoft: own !== undefined };
}

export interface KeyVaultSecret {
  readonly value: Secret;
  readonly contentType: string | undefined;
  /** The version's id: another value has another one. */
  readonly version: string;
  /** When it ends, where whoever put it there said so. */
  readonly expiresOnMs: number | undefined;
}

/**
 * A version of a secret in Key Vault, read as the app's own identity: the newest, unless its id is given.
 * @throws Error of the SDK; `vaultFailure` says in a sentence what it means.
 */
export async function keyVaultSecret(
  settings: KeyVaultSecretSettings,
  options: VaultReaderOptions,
  id?: string,
): Promise<KeyVaultSecret> {
  const client = await secretClient(settings, options);
  const secret = await withinVaultTime((abortSignal) =>
    client.getSecret(settings.secretName, { ...(id === undefined ? {} : { version: id }), abortSignal }),
  );
  const { contentType, version, expiresOn } = secret.properties;
  if (secret.value === undefined) throw new Error("the vault gave no value");
  if (version === undefined) throw new Error("the vault does not say which version it gave");
  return { value: new Secret(secret.value), contentType, version, expiresOnMs: expiresOn?.getTime() };
}

/**
 * The versions of a secret, without their values: that takes the permission to list secrets.
 * @throws Error of the SDK; `vaultFailure` says in a sentence what it means.
 */
export async function keyVaultSecretVersions(
  settings: KeyVaultSecretSettings,
  options: VaultReaderOptions,
): Promise<readonly ListedVersion[]> {
  const client = await secretClient(settings, options);
  return withinVaultTime((abortSignal) =>
    listed(client.listPropertiesOfSecretVersions(settings.secretName, { abortSignal })),
  );
}

async function secretClient(settings: KeyVaultSecretSettings, options: VaultReaderOptions) {
  const { SecretClient } = await import("@azure/keyvault-secrets");
  const { identity, clientOptions } = await vaultAccess(settings, options);
  return new SecretClient(settings.keyVaultUrl, identity, clientOptions());
}

const KEY_VERSION = /^\/keys\/[^/]+\/[^/]+$/;

/** The public part of one version of a certificate in Key Vault. */
export interface KeyVaultCertificate {
  /** The version's id, by which its key goes too. */
  readonly version: string;
  /** The address of the key that belongs to this version. */
  readonly keyId: string;
  /** Reads and checks it. @throws Error when it cannot be used to sign. */
  readonly read: () => X509Certificate;
}

/**
 * A version of a certificate, the newest unless its id is given, without its key: Key Vault's "Get Certificate" takes the permission to read
 * certificates and none to read secrets, so that not even a key that was made exportable by mistake could come out.
 * @throws Error of the SDK; `vaultFailure` says in a sentence what it means.
 */
export async function keyVaultCertificate(
  { keyVaultUrl, certificateName }: KeyVaultCertificateSettings,
  access: VaultAccess,
  id?: string,
): Promise<KeyVaultCertificate> {
  const client = await certificateClient(keyVaultUrl, access);
  const { cer, keyId, properties } = await withinVaultTime((abortSignal) =>
    id === undefined
      ? client.getCertificate(certificateName, { abortSignal })
      : client.getCertificateVersion(certificateName, id, { abortSignal }),
  );
  const { version, enabled } = properties;
  if (version === undefined || keyId === undefined || cer === undefined) {
    throw new Error("the vault's answer has no version, no key, or no certificate in it");
  }
  // The digest to sign, and the app's token with it, go where this address says.
  const { origin, pathname } = new URL(keyId);
  if (origin !== new URL(keyVaultUrl).origin || !KEY_VERSION.test(pathname)) {
    throw new Error("the vault names a key that is none of its own");
  }
  return {
    version,
    keyId,
    read() {
      if (enabled === false) throw new Error(`its version ${version} is disabled`);
      const certificate = readX509(cer);
      checkKey(certificate.publicKey);
      return certificate;
    },
  };
}

/**
 * The versions of a certificate. Azure's permission to read certificates lists them too (`certificates/read`).
 * @throws Error of the SDK; `vaultFailure` says in a sentence what it means.
 */
export async function keyVaultCertificateVersions(
  { keyVaultUrl, certificateName }: KeyVaultCertificateSettings,
  access: VaultAccess,
): Promise<readonly ListedVersion[]> {
  const client = await certificateClient(keyVaultUrl, access);
  return withinVaultTime((abortSignal) =>
    listed(client.listPropertiesOfCertificateVersions(certificateName, { abortSignal })),
  );
}

async function certificateClient(keyVaultUrl: string, { identity, clientOptions }: VaultAccess) {
  const { CertificateClient } = await import("@azure/keyvault-certificates");
  return new CertificateClient(keyVaultUrl, identity, clientOptions());
}
