import * as z from "zod/mini";
import { Secret } from "../secret.ts";
import type { EncryptionKeySettings } from "./settings.ts";
import { byIndex, guid, setting, text, url } from "./values.ts";

const KEY_BYTES = 32;
/** The one that encrypts, and the one before it. */
const MOST_KEYS = 2;
const ID = /^[A-Za-z0-9_-]{1,32}$/;
const KEYS_EXPECTED =
  "one or two keys, numbered __0 (it encrypts) and __1 (the one before it), each with an __Id of its own";

const id = setting("a name of at most 32 letters, digits, '-' and '_'; a new key gets a new one", (value) =>
  ID.test(value) ? value : undefined,
);

/** 32 bytes in base64; undefined for anything else. */
export function encryptionKey(base64: string): Buffer | undefined {
  const bytes = Buffer.from(base64.trim(), "base64");
  // What Buffer skips as no base64 shows when the bytes are written out again.
  return bytes.length === KEY_BYTES && bytes.toString("base64") === base64.trim() ? bytes : undefined;
}

const key = z.pipe(
  z.strictObject({
    Id: id,
    Value: z.optional(
      setting("32 random bytes in base64, like those of: openssl rand -base64 32", (given) =>
        encryptionKey(given) === undefined ? undefined : new Secret(given),
      ),
    ),
    KeyVaultUrl: z.optional(url("the vault's URL, like https://contoso.vault.azure.net")),
    KeyVaultSecretName: z.optional(text("the name of a secret in the vault that holds 32 random bytes in base64")),
    ManagedIdentityClientId: z.optional(guid("the client id (GUID) of a user-assigned managed identity")),
  }),
  z.transform((from, context): EncryptionKeySettings => {
    const { KeyVaultUrl: vault, KeyVaultSecretName: secretName, ManagedIdentityClientId } = from;
    if (from.Value !== undefined && vault === undefined && secretName === undefined) {
      return { id: from.Id, source: "value", value: from.Value };
    }
    if (from.Value === undefined && vault !== undefined && secretName !== undefined) {
      const managedIdentityClientId = ManagedIdentityClientId;
      return { id: from.Id, source: "keyVault", keyVaultUrl: vault.href, secretName, managedIdentityClientId };
    }
    context.issues.push({
      code: "custom",
      message: "either __Value, or __KeyVaultUrl and __KeyVaultSecretName",
      input: from,
    });
    return z.NEVER;
  }),
);

/** `TokenCache__EncryptionKeys`: what tokens are encrypted with before they leave the process. */
export const encryptionKeysSchema = z.pipe(
  z.transform(byIndex),
  z.array(key, { error: KEYS_EXPECTED }).check(
    z.minLength(1, { error: KEYS_EXPECTED }),
    z.maxLength(MOST_KEYS, { error: KEYS_EXPECTED }),
    z.refine((keys) => new Set(keys.map((each) => each.id)).size === keys.length, {
      error: KEYS_EXPECTED,
      when: ({ issues }) => issues.length === 0,
    }),
  ),
);
