import { randomUUID } from "node:crypto";

/** Header that carries the correlation id, in and out. */
export const CORRELATION_HEADER = "x-correlation-id";
/** The name Entra ID and Microsoft Graph know it by. */
export const CLIENT_REQUEST_ID_HEADER = "client-request-id";

const SAFE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const TRACEPARENT =
  /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})-[0-9a-f]{16}-[0-9a-f]{2}/;

/**
 * The call's correlation id: the caller's own where it is harmless to repeat (it goes into logs and headers), else the
 * trace id of `traceparent` (W3C Trace Context) in the form of a GUID, else a new one.
 */
export function correlationId(header: (name: string) => string | undefined): string {
  for (const name of [CORRELATION_HEADER, CLIENT_REQUEST_ID_HEADER]) {
    const given = header(name);
    if (given !== undefined && SAFE.test(given)) return given;
  }
  const trace = TRACEPARENT.exec(header("traceparent") ?? "");
  return trace === null ? randomUUID() : trace.slice(1).join("-");
}
