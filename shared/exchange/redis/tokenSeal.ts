import type { KeyObject } from "node:crypto";
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from "node:crypto";
import * as z from "zod/mini";
import type { EncryptionKeySettings } from "../../config/settings.ts";
import { encryptionKey } from "../../config/tokenCacheSchema.ts";
import type { VaultReaderOptions } from "../../credentials/keyVault.ts";
import { keyVaultSecret, vaultFailure } from "../../credentials/keyVault.ts";
import { B64_TOKEN } from "../../net/headerFields.ts";
import { Secret } from "../../secret.ts";
import type { CachedToken } from "../tokenCache.ts";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
/** NIST SP 800-38D, 5.2.1.1 and 5.2.1.2: the sizes that GCM is best at. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SALT_BYTES = 32;
const VERSION_AND_LENGTH_BYTES = 2;

/** Of the layout and of `content`. An instance that does not know a version treats the value as a miss. */
const VERSION = 2;
/** The layout before: a random nonce, and the encryption key itself. It is read, and never written. */
const VERSION_OF_SHARED_KEY = 1;

/**
 * A derived key encrypts one message, so its nonce cannot repeat (NIST SP 800-38D, 8: the pair of key and nonce must be
 * unique; 8.2.1 with a single invocation). A random nonce would add bytes and no security.
 */
const ONLY_NONCE = Buffer.alloc(NONCE_BYTES);
/** First part of HKDF's `info` (RFC 5869, 3.2): a key derived for another purpose or version is another key. */
const DERIVATION_LABEL = Buffer.from("obo-gateway token-seal 2\0", "latin1");

const content = z.strictObject({
  token: z.string().check(z.regex(B64_TOKEN)),
  expiresOnMs: z.number(),
  usableUntilMs: z.number(),
  renewFromMs: z.number(),
  claims: z.optional(z.string()),
});

/**
 * Encrypts tokens before they leave the process. A sealed value: version, length of the key's id, id, salt, ciphertext,
 * tag. Each value has a key of its own, derived with HKDF-SHA-256 from the encryption key and a random 256-bit salt.
 * One key with random 96-bit nonces would be good for 2^32 values only (NIST SP 800-38D, 8.3).
 * The derivation binds version, id and cache key, and so does the tag: a value moved to another cache key does not open.
 */
export class TokenSeal {
  readonly #current: EncryptionKey;
  readonly #keys: ReadonlyMap<string, EncryptionKey>;

  /** @param keys the first encrypts, all decrypt */
  constructor(keys: readonly [EncryptionKey, ...EncryptionKey[]]) {
    this.#current = keys[0];
    this.#keys = new Map(keys.map((key) => [key.id, key]));
  }

  seal(cacheKey: string, { token, usableUntilMs, renewFromMs }: CachedToken): Buffer {
    const { id, key } = this.#current;
    const header = Buffer.from([VERSION, id.length, ...Buffer.from(id, "latin1")]);
    const salt = randomBytes(SALT_BYTES);
    const bound = boundTo(header, cacheKey);
    const plain: z.infer<typeof content> = {
      token: token.token.reveal(),
      expiresOnMs: token.expiresOnMs,
      usableUntilMs,
      renewFromMs,
      ...(token.claims === undefined ? {} : { claims: token.claims }),
    };
    return withDerivedKey({ key, salt, bound }, (derived) => {
      const cipher = createCipheriv(CIPHER, derived, ONLY_NONCE, { authTagLength: TAG_BYTES });
      cipher.setAAD(bound);
      const sealed = [cipher.update(JSON.stringify(plain), "utf8"), cipher.final()];
      return Buffer.concat([header, salt, ...sealed, cipher.getAuthTag()]);
    });
  }

  /** Undefined for a value that was not sealed for this cache key: garbage, another version, an unknown key, tampering. */
  open(cacheKey: string, value: Buffer): CachedToken | undefined {
    const headerBytes = VERSION_AND_LENGTH_BYTES + (value[1] ?? 0);
    const key = this.#keys.get(value.toString("latin1", VERSION_AND_LENGTH_BYTES, headerBytes))?.key;
    if (key === undefined) return undefined;
    const header = value.subarray(0, headerBytes);
    const bound = boundTo(header, cacheKey);
    const body = value.subarray(headerBytes);
    if (header[0] === VERSION_OF_SHARED_KEY) {
      return decrypt({ key, nonce: body.subarray(0, NONCE_BYTES), bound, sealed: body.subarray(NONCE_BYTES) });
    }
    if (header[0] !== VERSION || body.length < SALT_BYTES) return undefined;
    return withDerivedKey({ key, salt: body.subarray(0, SALT_BYTES), bound }, (derived) =>
      decrypt({ key: derived, nonce: ONLY_NONCE, bound, sealed: body.subarray(SALT_BYTES) }),
    );
  }
}

/** All before the body, and the cache key. The id's length comes before the id: no two pairs give the same bytes. */
function boundTo(header: Buffer, cacheKey: string): Buffer {
  return Buffer.concat([header, Buffer.from(cacheKey, "utf8")]);
}

interface Derivation {
  readonly key: KeyObject;
  readonly salt: Buffer;
  readonly bound: Buffer;
}

/** Lends the derived key to `use`, and overwrites it afterwards. */
function withDerivedKey<T>({ key, salt, bound }: Derivation, use: (derived: Buffer) => T): T {
  const info = Buffer.concat([DERIVATION_LABEL, bound]);
  const derived = Buffer.from(hkdfSync("sha256", key, salt, info, KEY_BYTES));
  try {
    return use(derived);
  } finally {
    derived.fill(0);
  }
}

interface Sealed {
  readonly key: KeyObject | Buffer;
  readonly nonce: Buffer;
  readonly bound: Buffer;
  /** Ciphertext and tag. */
  readonly sealed: Buffer;
}

function decrypt({ key, nonce, bound, sealed }: Sealed): CachedToken | undefined {
  if (sealed.length <= TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const text = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
    const { token, expiresOnMs, claims, ...lifetime } = content.parse(JSON.parse(text.toString("utf8")));
    const withClaims = claims === undefined ? {} : { claims };
    return { token: { token: new Secret(token), expiresOnMs, ...withClaims }, ...lifetime };
  } catch {
    return undefined; // Not authentic, or not ours: the caller counts it.
  }
}

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
