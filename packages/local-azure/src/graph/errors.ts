import { randomUUID } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http";

/** A refusal as Microsoft Graph words it (learn.microsoft.com/graph/errors). */
export class GraphRefusal extends Error {
  override readonly name = "GraphRefusal";
  readonly status: number;
  readonly code: string;
  readonly details: readonly string[];
  readonly headers: OutgoingHttpHeaders;

  constructor(
    status: number,
    code: string,
    message: string,
    { details = [], headers = {} }: { details?: readonly string[]; headers?: OutgoingHttpHeaders } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
    this.headers = headers;
  }

  body(requestId: string, clientRequestId: string | undefined, nowMs: number): object {
    const { code, message, details } = this;
    const date = new Date(nowMs).toISOString().slice(0, 19);
    return {
      error: {
        code,
        message,
        ...(details.length === 0 ? {} : { details: details.map((each) => ({ code: each, message })) }),
        innerError: { date, "request-id": requestId, "client-request-id": clientRequestId ?? randomUUID() },
      },
    };
  }
}

export function badRequest(message: string, ...details: readonly string[]): GraphRefusal {
  return new GraphRefusal(400, "Request_BadRequest", message, { details });
}

export function unsupportedQuery(message: string): GraphRefusal {
  return new GraphRefusal(400, "Request_UnsupportedQuery", message);
}

export function notFound(id: string): GraphRefusal {
  return new GraphRefusal(
    404,
    "Request_ResourceNotFound",
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

export function noBackingApplication(appId: string): GraphRefusal {
  return badRequest(
    `The appId '${appId}' of the service principal does not reference a valid application object.`,
    "NoBackingApplicationObject",
  );
}

export function denied(): GraphRefusal {
  return new GraphRefusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
}

export function invalidToken(message: string): GraphRefusal {
  return new GraphRefusal(401, "InvalidAuthenticationToken", message, { headers: { "www-authenticate": "Bearer" } });
}

/** @param retryAfterSeconds undefined leaves the header out */
export function throttled(retryAfterSeconds: number | undefined): GraphRefusal {
  return new GraphRefusal(429, "TooManyRequests", "Too many requests", {
    headers: retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) },
  });
}

export function serverFailure(status: number): GraphRefusal {
  return status === 503
    ? new GraphRefusal(503, "ServiceUnavailable", "The service is temporarily unavailable.")
    : new GraphRefusal(status, "InternalServerError", "An unexpected error occurred.");
}

/** What the real service can do and this one cannot: said aloud, so that nobody takes it for an answer of Graph. */
export function notImplemented(what: string): GraphRefusal {
  return new GraphRefusal(501, "NotImplemented", `The local Microsoft Graph does not implement ${what}.`);
}
