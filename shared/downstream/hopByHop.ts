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

const CONNECTION = "connection";
const NONE: ReadonlySet<string> = new Set();

/** Fields that `Connection` declares to be about this connection. End-to-end ones cannot be removed in this way. */
export function namedInConnection(rawHeaders: readonly string[]): ReadonlySet<string> {
  let named: Set<string> | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const field = rawHeaders[index] ?? "";
    // Its length first: this runs over every header of every call, and hardly any is it.
    if (field.length !== CONNECTION.length || field.toLowerCase() !== CONNECTION) continue;
    const value = rawHeaders[index + 1] ?? "";
    // What nearly all of them say names nothing that is not dropped anyway.
    if (value === "keep-alive" || value === "close") continue;
    named ??= new Set();
    for (const name of value.split(",")) named.add(name.trim().toLowerCase());
  }
  named?.delete("content-length");
  named?.delete("");
  return named ?? NONE;
}
