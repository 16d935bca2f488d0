import { PassThrough, type Readable } from "node:stream";

/**
 * The caller's body for undici, which destroys a body that it does not send to its end: when the answer comes early, or
 * never. Destroying the caller's own request would take the connection down, and with it the answer. Here only the copy
 * goes, and what is left of the request is read and dropped: the Functions host takes no answer before that.
 */
export function detachedBody(body: Readable): Readable {
  const copy = new PassThrough();
  body.on("error", (error) => copy.destroy(error));
  body.pipe(copy);
  copy.once("close", () => body.resume());
  return copy;
}
