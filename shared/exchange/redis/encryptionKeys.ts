import type { KeyObject } from "node:crypto";
import { createSecretKey } from "node:crypto";
import { encryptionKey } from "../../config/encryptionKeySchema.ts";
import type { EncryptionKeySettings } from "../../config/settings.ts";
import { keyVaultSecret } from "../../credentials/keyVaultSecret.ts";
import type { VaultReaderOptions } from "../../credentials/vaultAccess.ts";
import { vaultFailure } from "../../credentials/vaultAccess.ts";

/** A 256-bit key that each value's own AES-256 key is derived from, and the id by which values name it. */
export interface EncryptionKey {
  readonly id: string;
  readonly key: KeyObject;
}

/**
 * Reads the keys, in the settings' order.
 * @throws Error naming the first that cannot be had, and never its value.
 */
export async function encryptionKeys(
  settings: readonly EncryptionKeySettings[],
  options: VaultReaderOptions,
): Promise<readonly [EncryptionKey, ...EncryptionKey[]]> {
  const [current, ...previous] = await Promise.all(settings.map((key, index) => read(key, index, options)));
  if (current === undefined) throw new Error("there is no encryption key");
  return [current, ...previous];
}

async function read(
  settings: EncryptionKeySettings,
  index: number,
  options: VaultReaderOptions,
): Promise<EncryptionKey> {
  const base64 = settings.source === "value" ? settings.value : await fromVault(settings, index, options);
  const bytes = encryptionKey(base64.reveal());
  if (bytes === undefined) throw new Error(`TokenCache__EncryptionKeys__${index} is not 32 bytes in base64`);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { id: settings.id, key };
}

async function fromVault(
  settings: Extract<EncryptionKeySettings, { source: "keyVault" }>,
  index: number,
  options: VaultReaderOptions,
) {
  try {
    return (await keyVaultSecret(settings, options)).value;
  } catch (error) {
    const where = `secret ${settings.secretName} in ${settings.keyVaultUrl}`;
    throw new Error(`TokenCache__EncryptionKeys__${index}: ${where} cannot be read: ${vaultFailure(error, "secret")}`, {
      cause: error,
    });
  }
}
