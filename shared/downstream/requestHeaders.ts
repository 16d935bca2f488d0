import type { ExtraHeader } from "../config/settings.ts";
import { fieldValues } from "../net/headerFields.ts";
import { headerMatcher, namedInConnection, plainName, REQUEST_HEADER_RULES } from "../net/headerRules.ts";
import type { Secret } from "../secret.ts";
import {
  CLIENT_REQUEST_ID_HEADER,
  CORRELATION_HEADER,
  isTraceParent,
  newTraceParent,
} from "../telemetry/correlation.ts";

const isDropped = headerMatcher(REQUEST_HEADER_RULES);
const TRACEPARENT = "traceparent";
/** What the gateway and the downstream API must read alike passes under its own name alone. */
export const NEVER_DISGUISED: ReadonlySet<string> = new Set([
  "content-length",
  "content-type",
  "content-encoding",
  TRACEPARENT,
  "tracestate",
]);

export interface RequestHeaderOptions {
  readonly token: Secret;
  readonly correlationId: string;
  readonly extraHeaders: readonly ExtraHeader[];
  /** Names, in lower case, that pass although a rule drops them. */
  readonly passRequestHeaders: readonly string[];
}

/**
 * The headers of the downstream call: the client's, all except those that must not pass, with token B, the correlation
 * id, a trace, and what the settings add.
 * @param rawHeaders names and values in turn, as node:http gives them
 */
export function requestHeaders(rawHeaders: readonly string[], options: RequestHeaderOptions): string[] {
  const { token, correlationId, extraHeaders } = options;
  const inTrace = continuesTrace(rawHeaders);
  const headers = passedOn(rawHeaders, inTrace, options);
  headers.push("Authorization", `Bearer ${token.reveal()}`);
  headers.push(CORRELATION_HEADER, correlationId, CLIENT_REQUEST_ID_HEADER, correlationId);
  if (!inTrace) headers.push("traceparent", newTraceParent(correlationId));
  for (const { name, value } of extraHeaders) headers.push(name, value.reveal());
  return headers;
}

function passedOn(
  rawHeaders: readonly string[],
  inTrace: boolean,
  { extraHeaders, passRequestHeaders }: RequestHeaderOptions,
): string[] {
  const dropped = namedInConnection(rawHeaders);
  const headers: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const lower = name.toLowerCase();
    const plain = plainName(lower);
    if (dropped.has(lower) || (isDropped(plain) && !passRequestHeaders.includes(lower))) continue;
    if (plain !== lower && NEVER_DISGUISED.has(plain)) continue;
    // W3C Trace Context, 3.3.1.1: the state of a trace that cannot be read is not passed on.
    if (!inTrace && (lower === TRACEPARENT || lower === "tracestate")) continue;
    if (extraHeaders.some((extra) => plainName(extra.name) === plain)) continue;
    headers.push(name, rawHeaders[index + 1] ?? "");
  }
  return headers;
}

/** Whether the caller sent one valid `traceparent`. */
function continuesTrace(rawHeaders: readonly string[]): boolean {
  const [parent, ...more] = fieldValues(rawHeaders, TRACEPARENT);
  return parent !== undefined && more.length === 0 && isTraceParent(parent);
}
