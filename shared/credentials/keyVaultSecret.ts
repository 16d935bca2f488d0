import type { KeyVaultSecretSettings } from "../config/settings.ts";
import { Secret } from "../secret.ts";
import type { VaultReaderOptions } from "./vaultAccess.ts";
import { vaultAccess, withinVaultTime } from "./vaultAccess.ts";

export interface KeyVaultSecret {
  readonly value: Secret;
  readonly contentType: string | undefined;
  /** The version's id: another value has another one. */
  readonly version: string;
  /** When it ends, where whoever put it there said so. */
  readonly expiresOnMs: number | undefined;
}

/**
 * The newest version of a secret in Key Vault, read as the app's own identity.
 * @throws Error of the SDK; `vaultFailure` says in a sentence what it means.
 */
export async function keyVaultSecret(
  settings: KeyVaultSecretSettings,
  options: VaultReaderOptions,
): Promise<KeyVaultSecret> {
  const { SecretClient } = await import("@azure/keyvault-secrets");
  const { identity, clientOptions } = await vaultAccess(settings, options);
  const client = new SecretClient(settings.keyVaultUrl, identity, clientOptions());
  const secret = await withinVaultTime((abortSignal) => client.getSecret(settings.secretName, { abortSignal }));
  const { contentType, version, expiresOn } = secret.properties;
  if (secret.value === undefined) throw new Error("the vault gave no value");
  if (version === undefined) throw new Error("the vault does not say which version it gave");
  return { value: new Secret(secret.value), contentType, version, expiresOnMs: expiresOn?.getTime() };
}
