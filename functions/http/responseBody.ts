import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { destroySocket } from "./rawHttp.ts";

/** A body whose first piece is there already: with it the headers leave, so a failure before it can still be answered. */
export interface StartedBody {
  /** Undefined: the body is empty. */
  readonly first: Uint8Array | undefined;
  /** Nothing comes after the first piece. */
  readonly whole: boolean;
  readonly rest: BodyReader;
}

/** Waits for the first piece, or for the end. Rejects with the stream's own error. */
export async function startBody(body: Readable): Promise<StartedBody> {
  const rest = new BodyReader(body);
  const first = await rest.next();
  return { first, whole: first === undefined || (await rest.ended()), rest };
}

/**
 * The body as `@azure/functions` takes it. The library writes each piece at once, however slow the reader is, so it is
 * given none while the true response wants to drain. A body that breaks off resets the caller's connection: a clean end
 * would make half an answer look whole.
 */
export function responseStream(
  { first, rest }: StartedBody,
  response: ServerResponse,
  end: AbortSignal,
  onBroken: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  let ahead = first;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          if (response.writableNeedDrain) await drained(response, end);
          if (response.destroyed) {
            // Nobody is left to read: a body that does not end by itself would be read for ever.
            rest.close();
            controller.close();
            return;
          }
          const piece = ahead ?? (await rest.next());
          ahead = undefined;
          if (piece === undefined) controller.close();
          else controller.enqueue(piece);
        } catch (error) {
          onBroken(error);
          destroySocket(response);
          rest.close();
          controller.close();
        }
      },
      cancel() {
        rest.close();
      },
    },
    // Nothing is read ahead: what waits here would be memory per slow reader.
    { highWaterMark: 0 },
  );
}

/** Resolves when the reader took what was written, or is gone. Rejects when the call must end: a reader may stall for ever. */
function drained(response: ServerResponse, end: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      response.off("drain", settle);
      response.off("close", settle);
      end.removeEventListener("abort", settle);
      if (end.aborted && !response.destroyed) reject(end.reason);
      else resolve();
    };
    response.on("drain", settle);
    response.on("close", settle);
    end.addEventListener("abort", settle, { once: true });
    if (response.destroyed || end.aborted) settle();
  });
}

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
