import type { Secret } from "../secret.ts";
import { CLIENT_REQUEST_ID_HEADER, CORRELATION_HEADER } from "../telemetry/correlationId.ts";
import { HOP_BY_HOP, namedInConnection } from "./hopByHop.ts";

/** Never passed on: what is about this hop, what proves who someone is, and what proxies and Azure's hosts write. */
const NEVER = new Set([
  ...HOP_BY_HOP,
  "host",
  "expect",
  "authorization",
  "cookie",
  "forwarded",
  "via",
  "max-forwards",
  "x-functions-key",
  "x-functions-clientid",
  "x-zumo-auth",
  "x-site-deployment-id",
  "x-appservice-proto",
  "x-waws-unencoded-url",
  "disguised-host",
  "was-default-hostname",
  "client-ip",
  "x-real-ip",
  CORRELATION_HEADER,
  CLIENT_REQUEST_ID_HEADER,
]);
const NEVER_PREFIXES = ["x-forwarded-", "x-original-", "x-arr-", "x-ms-", "ocp-apim-"];

/**
 * The headers of the downstream call: the caller's, all except those that must not pass, with token B and the
 * correlation id.
 * @param rawHeaders names and values in turn, as node:http gives them
 */
export function requestHeaders(rawHeaders: readonly string[], token: Secret, correlationId: string): string[] {
  const dropped = namedInConnection(rawHeaders);
  const headers: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const lower = name.toLowerCase();
    if (NEVER.has(lower) || dropped.has(lower) || NEVER_PREFIXES.some((prefix) => lower.startsWith(prefix))) continue;
    headers.push(name, rawHeaders[index + 1] ?? "");
  }
  headers.push("Authorization", `Bearer ${token.reveal()}`);
  headers.push(CORRELATION_HEADER, correlationId, CLIENT_REQUEST_ID_HEADER, correlationId);
  return headers;
}
