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

/** W3C Trace Context, 3.2: version ff is none, ids of zeros are none, and later versions may say more at the end. */
const TRACE_PARENT =
  /^(?!ff)(?:00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}|(?!00)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?)$/;
const GUID_OF_TRACE = /^(?!0{8}-(?:0{4}-){3}0{12}$)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function isTraceParent(value: string): boolean {
  return TRACE_PARENT.test(value);
}

/**
 * The start of a trace: its id is the correlation id where that is a GUID, so that one leads to the other. It is marked as
 * sampled: else an API that goes by its caller's choice would record nothing.
 */
export function newTraceParent(correlationId: string): string {
  const id = GUID_OF_TRACE.test(correlationId) ? correlationId : randomUUID();
  const traceId = id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24);
  return `00-${traceId}-${newSpanId()}-01`;
}

/** Sixteen of a UUID's digits that are all random (RFC 9562, 5.4): Node keeps randomness ready for those alone. */
function newSpanId(): string {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(28);
}
