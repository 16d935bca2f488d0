import type { Readable } from "node:stream";

/** Less to read than a new connection costs. */
const MOST_BYTES = 65_536;

/** Reads an answer's body that nobody wants, so that its connection can serve again; a long one is cut off instead. */
export function discard(body: Readable): void {
  let bytes = 0;
  body.on("error", () => undefined);
  body.on("data", (piece: Uint8Array) => {
    bytes += piece.length;
    if (bytes > MOST_BYTES) body.destroy();
  });
}
