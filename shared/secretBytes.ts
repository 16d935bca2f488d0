import { inspect } from "node:util";

const REDACTED = "[redacted]";

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
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
