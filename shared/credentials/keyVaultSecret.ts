import type { KeyVaultSecretSettings } from "../config/settings.ts";
import { Secret } from "../secret.ts";
import type { ListedVersion } from "./previousVersion.ts";
import type { VaultReaderOptions } from "./vaultAccess.ts";
import { listed, vaultAccess, withinVaultTime } from "./vaultAccess.ts";

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
