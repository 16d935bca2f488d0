import { fieldValues } from "../http/fieldValues.ts";

/** Fields about one connection: RFC 9110, 7.6.1, and the older ones that proxies still meet. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "close",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

const NONE: ReadonlySet<string> = new Set();

/** Fields that `Connection` declares to be about this connection. End-to-end ones cannot be removed in this way. */
export function namedInConnection(rawHeaders: readonly string[]): ReadonlySet<string> {
  // What nearly all of them say names nothing that is not dropped anyway.
  const values = fieldValues(rawHeaders, "connection").filter((value) => value !== "keep-alive" && value !== "close");
  if (values.length === 0) return NONE;
  const named = new Set(values.flatMap((value) => value.split(",")).map((name) => name.trim().toLowerCase()));
  named.delete("content-length");
  named.delete("");
  return named;
}
