import { PassThrough, Readable } from "node:stream";

/** What fits into the socket at once; a larger body is sent in pieces, so that its end can be seen. */
const WHOLE_BODY_BYTES = 64 * 1024;

/**
 * A body as undici gets it: small ones as they are, large ones in pieces, and a caller's chunked body as a copy, for
 * undici destroys the body of a request that fails, and the caller's request must outlive that: it still gets an answer.
 */
export function outgoingBody(body: Buffer | Readable | undefined): Buffer | Readable | undefined {
  if (body instanceof Readable) {
    const copy = body.pipe(new PassThrough());
    body.on("error", (error) => copy.destroy(error));
    // What the call did not take is read and dropped, so that the connection is good for the caller's next request.
    // Listening after `pipe` does, which pauses the source when its destination closes.
    copy.once("close", () => body.resume());
    return copy;
  }
  return body === undefined || body.length <= WHOLE_BODY_BYTES
    ? body
    : Readable.from(pieces(body), { objectMode: false });
}

function* pieces(body: Buffer): Generator<Buffer> {
  for (let offset = 0; offset < body.length; offset += WHOLE_BODY_BYTES) {
    yield body.subarray(offset, offset + WHOLE_BODY_BYTES);
  }
}
