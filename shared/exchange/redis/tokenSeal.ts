import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import * as z from "zod/mini";
import { B64_TOKEN } from "../../http/b64Token.ts";
import { Secret } from "../../secret.ts";
import type { CachedToken } from "../memoryCache.ts";
import type { EncryptionKey } from "./encryptionKeys.ts";

const CIPHER = "aes-256-gcm";
/** NIST SP 800-38D, 5.2.1.1 and 5.2.1.2: the sizes that GCM is best at. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Of the layout below and of `content`. Another version is a miss, and so is not misread. */
const VERSION = 1;
const VERSION_AND_LENGTH_BYTES = 2;

const content = z.strictObject({
  token: z.string().check(z.regex(B64_TOKEN)),
  expiresOnMs: z.number(),
  usableUntilMs: z.number(),
  renewFromMs: z.number(),
  // Newer than version 1: an instance of before takes such a value for garbage, which is a miss.
  claims: z.optional(z.string()),
});

/**
 * Tokens as they leave the process: version, length of the key's id, id, nonce, ciphertext, tag. All before the nonce is
 * authenticated, and so is the cache key: a value that was moved to another key is as good as garbage.
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
    const { id, bytes } = this.#current;
    const header = Buffer.from([VERSION, id.length, ...Buffer.from(id, "latin1")]);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, bytes, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(authenticated(header, cacheKey));
    const plain: z.infer<typeof content> = {
      token: token.token.reveal(),
      expiresOnMs: token.expiresOnMs,
      usableUntilMs,
      renewFromMs,
      ...(token.claims === undefined ? {} : { claims: token.claims }),
    };
    const sealed = Buffer.concat([cipher.update(JSON.stringify(plain), "utf8"), cipher.final()]);
    return Buffer.concat([header, nonce, sealed, cipher.getAuthTag()]);
  }

  /** Undefined for whatever we did not seal for this key: garbage, another version, a key we do not have, tampering. */
  open(cacheKey: string, value: Buffer): CachedToken | undefined {
    const headerBytes = VERSION_AND_LENGTH_BYTES + (value[1] ?? 0);
    if (value[0] !== VERSION || value.length <= headerBytes + NONCE_BYTES + TAG_BYTES) return undefined;
    const key = this.#keys.get(value.toString("latin1", VERSION_AND_LENGTH_BYTES, headerBytes));
    if (key === undefined) return undefined;
    const nonce = value.subarray(headerBytes, headerBytes + NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, key.bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(authenticated(value.subarray(0, headerBytes), cacheKey));
    decipher.setAuthTag(value.subarray(-TAG_BYTES));
    try {
      const text = Buffer.concat([
        decipher.update(value.subarray(headerBytes + NONCE_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
      const { token, expiresOnMs, claims, ...lifetime } = content.parse(JSON.parse(text.toString("utf8")));
      const withClaims = claims === undefined ? {} : { claims };
      return { token: { token: new Secret(token), expiresOnMs, ...withClaims }, ...lifetime };
    } catch {
      return undefined; // Not authentic, or not ours: the caller counts it.
    }
  }
}

function authenticated(header: Buffer, cacheKey: string): Buffer {
  return Buffer.concat([header, Buffer.from(cacheKey, "utf8")]);
}
