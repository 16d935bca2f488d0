import type { DownstreamApiSettings } from "../config/settings.ts";
import { asciiValue } from "../net/headerFields.ts";
import { isBelow } from "./pathPrefix.ts";

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** Where the answer's request went: what a relative reference in it is relative to. */
export interface RequestedPath {
  /** Path and query below the API's origin. */
  readonly path: string;
  /** The path behind the API's name in the caller's address. */
  readonly rest: string;
}

/**
 * A downstream API's `Location` or `Content-Location` as the client must read it. Below the API's base URL it becomes a
 * reference relative to the request's own address (RFC 9110, 10.2.2; RFC 3986, 4.2): whatever address the gateway has for
 * this client, behind API Management or any other front, its end is the same, `/downstream/{api}{rest}`, and nobody has to
 * be believed about the rest of it. What leads elsewhere passes as it is; if relative, in full, since the client would
 * look for it at the gateway.
 */
export function locationForClient(location: string, api: DownstreamApiSettings, requested: RequestedPath): string {
  // The URL parser would take each byte for a character of its own.
  const ascii = asciiValue(location);
  const to = URL.parse(ascii, `${api.origin}${requested.path}`);
  if (to === null) return location;
  if (to.origin !== api.origin || !isBelow(api.basePath, to.pathname)) return SCHEME.test(ascii) ? location : to.href;
  return relative(api.name, requested.rest, to.pathname.slice(api.basePath.length)) + to.search + to.hash;
}

/** From one path behind the API's name to another. Begins with a dot, so that no colon or slash in it means anything else. */
function relative(name: string, from: string, to: string): string {
  // Segments below the one that holds the API's name, up to the last slash.
  const depth = from.split("/").length - 2;
  if (from === "") return `./${name}${to}`;
  if (to === "") return `${"../".repeat(depth + 1)}${name}`;
  return `${depth === 0 ? "./" : "../".repeat(depth)}${to.slice(1)}`;
}
