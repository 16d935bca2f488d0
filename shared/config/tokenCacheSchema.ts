import * as z from "zod/mini";
import { Secret } from "../secret.ts";
import type { EncryptionKeySettings, RedisServerSettings, TokenCacheSettings } from "./settings.ts";
import { byIndex, guid, isLoopback, seconds, setting, text, url, wholeNumber } from "./values.ts";

const KEY_BYTES = 32;
/** The one that encrypts, and the one before it. */
const MAX_KEYS = 2;
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
    z.maxLength(MAX_KEYS, { error: KEYS_EXPECTED }),
    z.refine((keys) => new Set(keys.map((each) => each.id)).size === keys.length, {
      error: KEYS_EXPECTED,
      when: ({ issues }) => issues.length === 0,
    }),
  ),
);

const TIMEOUT_MS = 100;
/** Azure Managed Redis listens there. */
const PORT = 10_000;
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;
const URL_EXPECTED =
  "redis://host:port, or rediss://user:password@host:port (TLS) where a password is sent to another machine";

const redisUrl = setting(URL_EXPECTED, (value) => {
  const parsed = URL.parse(value);
  if (parsed === null || parsed.hostname === "" || !/^\/?\d{0,4}$/.test(parsed.pathname) || /[?#]/.test(value)) {
    return undefined;
  }
  const safe = parsed.protocol === "rediss:" || parsed.password === "" || isLoopback(parsed.hostname);
  return safe && /^rediss?:$/.test(parsed.protocol) ? new Secret(value) : undefined;
});

/** `TokenCache__Redis`: where it is, and as whom to sign in. */
export const redisSchema = z.pipe(
  z
    .strictObject(
      {
        Url: z.optional(redisUrl),
        Host: z.optional(
          setting("the host's name, like contoso.westeurope.redis.azure.net", (value) =>
            HOST.test(value) ? value.toLowerCase() : undefined,
          ),
        ),
        Port: z.optional(wholeNumber(1, 65_535)),
        ManagedIdentityClientId: z.optional(guid("the client id (GUID) of a user-assigned managed identity")),
        TimeoutSeconds: z._default(seconds(0.01, 10), TIMEOUT_MS),
      },
      { error: "settings below it: __Url, or __Host to sign in as the app's identity" },
    )
    .check(
      z.refine(({ Url, Host }) => (Url === undefined) !== (Host === undefined), {
        path: ["Url"],
        error: "either TokenCache__Redis__Url, or TokenCache__Redis__Host to sign in as the app's identity",
        when: ({ issues }) => issues.length === 0,
      }),
      z.refine(
        ({ Url, Port, ManagedIdentityClientId }) =>
          Url === undefined || (Port === undefined && ManagedIdentityClientId === undefined),
        {
          path: ["Url"],
          error: "no TokenCache__Redis__Port or __ManagedIdentityClientId beside it: those go with __Host",
          when: ({ issues }) => issues.length === 0,
        },
      ),
    ),
  z.transform(
    (from: {
      Url?: Secret | undefined;
      Host?: string | undefined;
      Port?: number | undefined;
      ManagedIdentityClientId?: string | undefined;
      TimeoutSeconds: number;
    }): { readonly server: RedisServerSettings; readonly timeoutMs: number } => ({
      server:
        from.Url === undefined
          ? {
              authentication: "entra",
              // The rule above: without a URL there is a host.
              host: from.Host ?? "",
              port: from.Port ?? PORT,
              managedIdentityClientId: from.ManagedIdentityClientId,
            }
          : { authentication: "url", url: from.Url },
      timeoutMs: from.TimeoutSeconds,
    }),
  ),
);

const MAX_ENTRIES = 100_000;
const BYTES_PER_MIB = 1_048_576;
/** A Flex Consumption instance has 2 GiB unless told otherwise; tokens may have an eighth of it. */
const MAX_MIB = 256;

/** The `TokenCache` section. Encryption keys without Redis are no mistake: Redis can be switched off by one setting. */
export const tokenCacheSchema = z.pipe(
  z
    .strictObject({
      MaxEntries: z._default(wholeNumber(1, 10_000_000), MAX_ENTRIES),
      MaxMegabytes: z._default(wholeNumber(1, 16_384), MAX_MIB),
      Redis: z.optional(redisSchema),
      EncryptionKeys: z.optional(encryptionKeysSchema),
    })
    .check(
      z.refine(({ Redis, EncryptionKeys }) => Redis === undefined || EncryptionKeys !== undefined, {
        path: ["EncryptionKeys"],
        error:
          "TokenCache__EncryptionKeys__0__Id with __Value or __KeyVaultUrl and __KeyVaultSecretName: with Redis tokens leave the process, and only encrypted",
        when: () => true,
      }),
    ),
  z.transform(
    (from): TokenCacheSettings => ({
      maxEntries: from.MaxEntries,
      maxBytes: from.MaxMegabytes * BYTES_PER_MIB,
      redis: from.Redis === undefined ? undefined : { ...from.Redis, encryptionKeys: from.EncryptionKeys ?? [] },
    }),
  ),
);
