import type { ExtraHeader } from "../config/settings.ts";
import { fieldValues } from "../http/fieldValues.ts";
import type { Secret } from "../secret.ts";
import { CLIENT_REQUEST_ID_HEADER, CORRELATION_HEADER } from "../telemetry/correlationId.ts";
import { plainName } from "./headerName.ts";
import { HOP_BY_HOP, namedInConnection } from "./hopByHop.ts";
import { isTraceParent, newTraceParent } from "./traceContext.ts";

/** Never passed on: what is about this hop, what proves who someone is, and what proxies and Azure's hosts write. */
const NEVER = new Set([
  ...HOP_BY_HOP,
  "host",
  "expect",
  "authorization",
  "cookie",
  "cookie2",
  "forwarded",
  "via",
  "max-forwards",
  "x-functions-key",
  "x-functions-clientid",
  "x-zumo-auth",
  "x-site-deployment-id",
  "x-appservice-proto",
  "x-waws-unencoded-url",
  "x-rewrite-url",
  "x-ms-invocation-id",
  "x-ms-coldstart",
  "disguised-host",
  "was-default-hostname",
  "client-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-real-ip",
  "true-client-ip",
  CORRELATION_HEADER,
  CLIENT_REQUEST_ID_HEADER,
]);
/** Of `x-ms-*` only what Azure's front ends write: the rest belongs to Azure's own APIs, like x-ms-version. */
const NEVER_BEGINNING =
  /^(?:x-(?:forwarded|original|arr|azure)-|x-ms-(?:client-principal|token-|original-|forwarded-|site-|privatelink-)|ocp-apim-)/;
const TRACEPARENT = "traceparent";
/** What the gateway and the downstream API must read alike passes under its own name alone. */
const NEVER_DISGUISED = new Set(["content-length", "content-type", "content-encoding", TRACEPARENT, "tracestate"]);

export interface RequestHeaderOptions {
  readonly token: Secret;
  readonly correlationId: string;
  readonly extraHeaders: readonly ExtraHeader[];
}

/**
 * The headers of the downstream call: the caller's, all except those that must not pass, with token B, the correlation
 * id, a trace, and what the settings add.
 * @param rawHeaders names and values in turn, as node:http gives them
 */
export function requestHeaders(
  rawHeaders: readonly string[],
  { token, correlationId, extraHeaders }: RequestHeaderOptions,
): string[] {
  const inTrace = continuesTrace(rawHeaders);
  const headers = passedOn(rawHeaders, inTrace, extraHeaders);
  headers.push("Authorization", `Bearer ${token.reveal()}`);
  headers.push(CORRELATION_HEADER, correlationId, CLIENT_REQUEST_ID_HEADER, correlationId);
  if (!inTrace) headers.push("traceparent", newTraceParent(correlationId));
  for (const { name, value } of extraHeaders) headers.push(name, value.reveal());
  return headers;
}

function passedOn(rawHeaders: readonly string[], inTrace: boolean, extraHeaders: readonly ExtraHeader[]): string[] {
  const dropped = namedInConnection(rawHeaders);
  const headers: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const lower = name.toLowerCase();
    const plain = plainName(lower);
    if (NEVER.has(plain) || NEVER_BEGINNING.test(plain) || dropped.has(lower)) continue;
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
