import { CORRELATION_HEADER } from "../telemetry/correlationId.ts";
import { HOP_BY_HOP, namedInConnection } from "./hopByHop.ts";

/** Header fields of an answer, in order; repeated ones stay repeated. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Not for the client: cookies of another origin, what the API's server says of itself, and a correlation id that is not ours. */
const NEVER = new Set([
  ...HOP_BY_HOP,
  "set-cookie",
  "server",
  "x-powered-by",
  "x-aspnet-version",
  "via",
  "alt-svc",
  CORRELATION_HEADER,
]);

/** The headers of the downstream API's answer that the client gets. */
export function responseHeaders(rawHeaders: readonly string[]): HeaderList {
  const dropped = namedInConnection(rawHeaders);
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    if (!NEVER.has(name) && !dropped.has(name)) headers.push([name, rawHeaders[index + 1] ?? ""]);
  }
  return headers;
}
