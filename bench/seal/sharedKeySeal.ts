import type { KeyObject } from "node:crypto";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const VERSION = 1;
const VERSION_AND_LENGTH_BYTES = 2;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The layout before keys were derived: one AES-256 key for all values, and a random nonce in each. The gateway reads it
 * and writes it no longer. Here it stays, written independently, to compare with and to make old values for tests.
 */
export class SharedKeySeal {
  readonly #id: string;
  readonly #key: KeyObject;

  constructor(id: string, key: KeyObject) {
    this.#id = id;
    this.#key = key;
  }

  seal(cacheKey: string, plain: string): Buffer {
    const header = Buffer.from([VERSION, this.#id.length, ...Buffer.from(this.#id, "latin1")]);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.concat([header, Buffer.from(cacheKey, "utf8")]));
    const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
    return Buffer.concat([header, nonce, sealed, cipher.getAuthTag()]);
  }

  /** Undefined for another version, another key's id, and for a value that is not authentic. */
  open(cacheKey: string, value: Buffer): string | undefined {
    const headerBytes = VERSION_AND_LENGTH_BYTES + (value[1] ?? 0);
    if (value[0] !== VERSION || value.length <= headerBytes + NONCE_BYTES + TAG_BYTES) return undefined;
    if (value.toString("latin1", VERSION_AND_LENGTH_BYTES, headerBytes) !== this.#id) return undefined;
    const body = headerBytes + NONCE_BYTES;
    const decipher = createDecipheriv(CIPHER, this.#key, value.subarray(headerBytes, body), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.concat([value.subarray(0, headerBytes), Buffer.from(cacheKey, "utf8")]));
    decipher.setAuthTag(value.subarray(-TAG_BYTES));
    try {
      return decipher.update(value.subarray(body, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
    } catch {
      return undefined;
    }
  }
}
