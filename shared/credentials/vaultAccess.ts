import type { TokenCredential } from "@azure/identity";
import type { KeyVaultAccessSettings } from "../config/settings.ts";
import type { AzureIdentityOptions } from "./azureIdentity.ts";
import { azureIdentity, forResourceOnly } from "./azureIdentity.ts";
import { vaultCloud } from "./vaultCloud.ts";
import { withinTime } from "./withinTime.ts";

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
