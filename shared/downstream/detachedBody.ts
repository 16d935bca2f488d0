import { PassThrough, type Readable, Transform } from "node:stream";
import type { KeptBody } from "./keptBody.ts";

/**
 * The caller's body for undici, which destroys a body that it does not send to its end: when the answer comes early, or
 * never. Destroying the caller's own request would take the connection down, and with it the answer. Here only the copy
 * goes, and what is left of the request is read and dropped: the Functions host takes no answer before that.
 * @param limit ends the copy with its error as soon as more than `maxBytes` came, before the last of them goes out
 * @param kept looks on, so that a small body can be sent again
 */
export function detachedBody(body: Readable, limit?: BodyLimit, kept?: KeptBody): Readable {
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
