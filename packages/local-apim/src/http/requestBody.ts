import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { MessageBody } from "./messageBody.ts";

/** The body of an incoming request: nothing is read before somebody wants it, and to drop it does not hang up on the caller. */
export function requestBody(request: IncomingMessage): MessageBody {
  const chunked = request.headers["transfer-encoding"] !== undefined;
  const length = chunked ? undefined : Number(request.headers["content-length"] ?? 0);
  return length === 0 ? MessageBody.empty() : MessageBody.ofStream(readerOf(request), length);
}

function readerOf(request: IncomingMessage): Readable {
  let reading = false;
  const reader: Readable = new Readable({
    read() {
      if (!reading) {
        reading = true;
        request.on("data", (chunk: Buffer) => {
          if (!reader.destroyed && !reader.push(chunk)) request.pause();
        });
        request.once("end", () => reader.push(null));
        request.once("close", () => {
          if (!request.complete) reader.destroy(new Error("The caller closed the connection."));
        });
      }
      request.resume();
    },
    destroy(error, done) {
      // What is left of it runs into nothing, so that the caller can read the answer.
      request.resume();
      done(error);
    },
  });
  // An error reaches whoever reads; nobody does when the body is not wanted.
  reader.on("error", () => undefined);
  return reader;
}
