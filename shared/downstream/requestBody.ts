import type { Readable } from "node:stream";
import { PassThrough, Transform } from "node:stream";

/**
 * The caller's body for undici, which destroys a body that it does not send to its end: when the answer comes early, or
 * never. Destroying the caller's own request would take the connection down, and with it the answer. Here only the copy
 * goes, and what is left of the request is read and dropped: the Functions host takes no answer before that.
 * @param limit ends the copy with its error as soon as more than `maxBytes` came, before the last of them goes out
 * @param kept looks on, so that a small body can be sent again
 */
export function detachedBody(body: Readable, limit?: BodyLimit, kept?: ReplayBuffer): Readable {
  const copy = limit === undefined ? new PassThrough() : limited(limit);
  body.on("error", (error) => copy.destroy(error));
  body.pipe(copy);
  kept?.watch(body);
  copy.once("close", () => body.resume());
  return copy;
}

export interface BodyLimit {
  readonly maxBytes: number;
  readonly error: () => Error;
}

function limited({ maxBytes, error }: BodyLimit): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(error());
      else done(null, chunk);
    },
  });
}

/** What a call may take to be sent a second time. */
export const MAX_KEPT_BYTES = 65_536;
/** A body that comes byte by byte must not cost a buffer for each. */
const MAX_PIECES = 256;

/**
 * Keeps a small body while it streams to the downstream API, so that it could be sent again. It never holds the stream up:
 * it looks on, and lets go of everything as soon as the body turns out too long.
 */
export class ReplayBuffer {
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #state: "idle" | "coming" | "whole" | "lost" = "idle";
  #wake: (() => void) | undefined;

  /** To be called where the body begins to flow, in the same turn: what came before would be missing. */
  watch(body: Readable): void {
    this.#state = "coming";
    body.on("data", (piece: Uint8Array) => this.#add(piece));
    body.once("end", () => this.#settle("whole"));
    body.once("error", () => this.#settle("lost"));
    body.once("close", () => this.#settle("lost"));
  }

  /** Nobody will want it again. */
  release(): void {
    this.#settle("lost");
    // Also of one that is whole: without its pieces it would look like an empty body.
    this.#state = "lost";
    this.#pieces = [];
  }

  /**
   * Waits for the body's end, as the Functions host does too before it takes an answer.
   * @returns undefined when it was too long, broke off, never flowed, or the call ended before
   */
  async whole(call: AbortSignal): Promise<Uint8Array | undefined> {
    if (this.#state === "coming" && !call.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        call.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    return this.#state === "whole" && !call.aborted ? Buffer.concat(this.#pieces) : undefined;
  }

  #add(piece: Uint8Array): void {
    if (this.#state !== "coming") return;
    this.#bytes += piece.length;
    if (this.#bytes > MAX_KEPT_BYTES) {
      this.release();
      return;
    }
    this.#pieces.push(piece);
    if (this.#pieces.length > MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
  }

  #settle(state: "whole" | "lost"): void {
    if (this.#state === "coming") this.#state = state;
    this.#wake?.();
  }
}
