import { Secret } from "../secret.ts";
import type { AzureIdentityOptions } from "./azureIdentity.ts";
import { azureIdentity, forResourceOnly } from "./azureIdentity.ts";
import { vaultCloud } from "./vaultCloud.ts";

/** The whole load, retries included: a user is waiting when the app starts cold. */
const LOAD_TIMEOUT_MS = 8_000;
const RETRIES = { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 };

/** Which secret, and as whom to read it. */
export interface KeyVaultSecretName {
  readonly keyVaultUrl: string;
  readonly secretName: string;
  readonly managedIdentityClientId: string | undefined;
}

export type VaultReaderOptions = Omit<AzureIdentityOptions, "managedIdentityClientId">;

export interface KeyVaultSecret {
  readonly value: Secret;
  readonly contentType: string | undefined;
}

/**
 * The newest version of a secret in Key Vault, read as the app's own identity.
 * @throws Error of the SDK; `vaultFailure` says in a sentence what it means.
 */
export async function keyVaultSecret(
  { keyVaultUrl, secretName, managedIdentityClientId }: KeyVaultSecretName,
  options: VaultReaderOptions,
): Promise<KeyVaultSecret> {
  const { SecretClient } = await import("@azure/keyvault-secrets");
  const cloud = vaultCloud(keyVaultUrl);
  const identity = await azureIdentity({ ...options, managedIdentityClientId });
  const client = new SecretClient(keyVaultUrl, forResourceOnly(identity, cloud.resource), {
    disableChallengeResourceVerification: !cloud.microsoft,
    retryOptions: RETRIES,
  });
  const limit = AbortSignal.timeout(LOAD_TIMEOUT_MS);
  const secret = await Promise.race([client.getSecret(secretName, { abortSignal: limit }), whenAborted(limit)]);
  if (secret.value === undefined) throw new Error("the vault gave no value");
  return { value: new Secret(secret.value), contentType: secret.properties.contentType };
}

/** Most of Azure's identities do not listen to the signal handed to them: a hanging sign-in would hold up the load for good. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

const OVERDUE = `no answer from the vault, or from the sign-in that it asks for, within ${LOAD_TIMEOUT_MS} ms`;

const CURES: Readonly<Record<string, string>> = {
  401: "the app's identity was not accepted; check its tenant",
  403: "the app's identity may not read it, or the vault's firewall is in the way; it needs the role Key Vault Secrets User",
  429: "the vault is throttling",
  AbortError: OVERDUE,
  TimeoutError: OVERDUE,
};

/**
 * Why a read failed, as the end of a sentence. Azure's SDK errors carry whole responses: only what cannot hold a secret
 * is taken over.
 * @param kind what was looked for, in the operator's words
 */
export function vaultFailure(error: unknown, kind: "certificate" | "secret"): string {
  if (!(error instanceof Error)) return String(error);
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;
  const cure = status === 404 ? `there is no such ${kind}, or it was deleted` : CURES[status ?? error.name];
  const code = "code" in error && typeof error.code === "string" ? ` (${error.code})` : "";
  if (status !== undefined) {
    return `HTTP ${status}${code}: ${cure ?? (status >= 500 ? "the vault is out of order" : "the vault refuses")}.`;
  }
  return cure === undefined ? `${error.message}${error.message.endsWith(".") ? "" : "."}` : `${cure}.`;
}
