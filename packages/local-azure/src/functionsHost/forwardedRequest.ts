import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { forwardHeaders } from "./forwardHeaders.ts";
import type { RequestPath } from "./requestPath.ts";

export interface ForwardedRequest {
  readonly method: string;
  /** Path and query as the worker gets them. */
  readonly target: string;
  readonly headers: string[];
  /** A buffer was read whole beforehand; a stream is the caller's chunked body as it comes in. */
  readonly body: Buffer | Readable | undefined;
}

/** What the worker is sent of a caller's request. `body` is what was read beforehand; a chunked one is still to come. */
export function forwardedRequest(
  request: IncomingMessage,
  path: RequestPath,
  body: Buffer | undefined,
  invocationId: string,
): ForwardedRequest {
  const chunked = request.headers["transfer-encoding"] !== undefined;
  return {
    method: request.method ?? "GET",
    target: path.target,
    headers: forwardHeaders({
      rawHeaders: request.rawHeaders,
      chunked,
      invocationId,
      host: request.headers.host ?? "",
      remoteAddress: request.socket.remoteAddress ?? "",
    }),
    body: chunked ? request : body?.length === 0 ? undefined : body,
  };
}
