import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { request } from "node:http";
import type { Library } from "./library.ts";
import { newInvocationId } from "./library.ts";

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** The connection broke before the answer was whole. */
  readonly cut: boolean;
}

export interface CallOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer;
}

/** Calls as the Functions host does, and reads whatever comes until the end or the breaking of the connection. */
export function call(library: Library, { method = "GET", path = "/api/x", headers, body }: CallOptions = {}) {
  return new Promise<Received>((resolve, reject) => {
    const sending = request({
      port: library.port,
      method,
      path,
      agent: false,
      headers: { "x-ms-invocation-id": newInvocationId(), ...headers },
    });
    sending.once("error", reject);
    sending.once("response", (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      // A broken connection shows in `complete`.
      response.once("error", () => undefined);
      response.once("close", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          rawHeaders: response.rawHeaders,
          body: Buffer.concat(pieces),
          cut: !response.complete,
        }),
      );
    });
    sending.end(body);
  });
}

export function problemOf({ body }: Received): Record<string, unknown> {
  return JSON.parse(body.toString());
}
