import type { Readable } from "node:stream";

/**
 * Reads a body piece by piece, each when it is asked for: what iterating over the stream does, at a fraction of its cost
 * per body. One reader at a time.
 */
export class BodyReader {
  readonly #body: Readable;
  #wake: (() => void) | undefined;

  constructor(body: Readable) {
    this.#body = body;
    for (const event of ["readable", "end", "error", "close"]) body.on(event, this.#somethingHappened);
  }

  /**
   * The next piece: all that has come meanwhile; undefined at the end.
   * @throws the stream's own error; Error for a body that was closed before its end.
   */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#body.errored !== null) throw this.#body.errored;
      const piece: unknown = this.#body.read();
      if (piece instanceof Uint8Array) return piece;
      if (this.#body.readableEnded) return undefined;
      if (this.#body.destroyed) throw this.#body.errored ?? new Error("the body was closed before its end");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /**
   * Whether the body ended with the piece just read, as far as that is known by now.
   * @throws as `next`, when the body is known to be broken.
   */
  async ended(): Promise<boolean> {
    // A stream that is empty and complete says so on the next tick.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    if (this.#body.errored !== null) throw this.#body.errored;
    return this.#body.readableEnded;
  }

  /** Nobody will read the rest. */
  close(): void {
    this.#body.destroy();
  }

  readonly #somethingHappened = (): void => {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  };
}
