import { encryptionKey } from "../../config/encryptionKeySchema.ts";
import type { EncryptionKeySettings } from "../../config/settings.ts";
import { keyVaultSecret } from "../../credentials/keyVaultSecret.ts";
import type { VaultReaderOptions } from "../../credentials/vaultAccess.ts";
import { vaultFailure } from "../../credentials/vaultAccess.ts";

/** An AES-256 key and the name under which values say that it sealed them. */
export interface EncryptionKey {
  readonly id: string;
  readonly bytes: Buffer;
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
  return { id: settings.id, bytes };
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
