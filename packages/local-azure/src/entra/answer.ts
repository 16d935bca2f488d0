import { randomUUID } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { errorBody, type Refusal } from "./errors.ts";

/** One answer to one request, under the ids that Entra ID gives each. */
export interface Answer {
  readonly response: ServerResponse;
  /** `x-ms-request-id`, and the Trace ID of an error. */
  readonly traceId: string;
  json(status: number, body: object, headers?: OutgoingHttpHeaders): void;
  text(status: number, contentType: string, body: string, headers?: OutgoingHttpHeaders): void;
  refuse(refusal: Refusal, headers?: OutgoingHttpHeaders): void;
}

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

export function createAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  service: { readonly url: string; readonly now: () => number },
  clientRequestId: string | undefined,
): Answer {
  const traceId = randomUUID();
  const correlationId = clientRequestId !== undefined && GUID.test(clientRequestId) ? clientRequestId : randomUUID();
  response.setHeader("Cache-Control", "no-store, no-cache");
  response.setHeader("Pragma", "no-cache");
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("x-ms-request-id", traceId);
  if (request.headers["return-client-request-id"] === "true") response.setHeader("client-request-id", correlationId);
  const text: Answer["text"] = (status, contentType, body, headers = {}) => {
    response.writeHead(status, {
      ...headers,
      "Content-Type": `${contentType}; charset=utf-8`,
      "Content-Length": Buffer.byteLength(body),
    });
    // A HEAD request is answered with the same headers and nothing else; node drops the body itself.
    response.end(body);
  };
  const json: Answer["json"] = (status, body, headers) =>
    text(status, "application/json", JSON.stringify(body), headers);
  return {
    response,
    traceId,
    text,
    json,
    refuse: (refusal, headers) =>
      json(
        refusal.status,
        errorBody(refusal, { url: service.url, traceId, correlationId, nowMs: service.now() }),
        headers,
      ),
  };
}
