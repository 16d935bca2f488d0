import { hash, timingSafeEqual } from "node:crypto";
import { inspect } from "node:util";

const REDACTED = "[redacted]";

/**
 * A secret or a token. However it is printed (string, JSON, console, template), it shows as `[redacted]`;
 * only `reveal()` gives the text, so that every place that does is easy to find.
 */
export class Secret {
  readonly #value: string;
  #sha256: string | undefined;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** SHA-256 of the text, in base64url: names it without revealing it. Computed once, when first asked for. */
  get sha256(): string {
    this.#sha256 ??= hash("sha256", this.#value, "base64url");
    return this.#sha256;
  }

  /** Compares in constant time. Hashing first makes the lengths equal, so that neither length nor prefix shows. */
  equals(other: Secret): boolean {
    return timingSafeEqual(Buffer.from(this.sha256), Buffer.from(other.sha256));
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

const REDACTED_BYTES = "[redacted]";

/**
 * A key in a file's form. Its bytes are kept outside the JavaScript heap, where a heap snapshot shows strings and no
 * bytes; and however it is printed, it shows as `[redacted]`.
 */
export class SecretBytes {
  readonly #bytes: Buffer;

  /** Takes the buffer over. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** A copy, for the caller to wipe when it is done. */
  reveal(): Buffer {
    // Not of Buffer's shared pool, which nobody wipes.
    const copy = Buffer.alloc(this.#bytes.length);
    this.#bytes.copy(copy);
    return copy;
  }

  toString(): string {
    return REDACTED_BYTES;
  }

  toJSON(): string {
    return REDACTED_BYTES;
  }

  [inspect.custom](): string {
    return REDACTED_BYTES;
  }
}
