import type { DownstreamApiSettings } from "../config/settings.ts";
import { fieldValues } from "../net/headerFields.ts";
import {
  COOKIE_HEADERS,
  headerMatcher,
  namedInConnection,
  RESPONSE_HEADER_RULES,
  SHARED_CACHE_HEADERS,
} from "../net/headerRules.ts";
import type { RequestedPath } from "./location.ts";
import { locationForClient } from "./location.ts";

const CHALLENGE_HEADER = "www-authenticate";
const CACHE_CONTROL = "cache-control";
const LOCATIONS = new Set(["location", "content-location"]);
const isDropped = headerMatcher(RESPONSE_HEADER_RULES);
const COOKIES = new Set(COOKIE_HEADERS);
const FOR_SHARED_CACHES = new Set(SHARED_CACHE_HEADERS);

/** Header fields of an answer, in order; repeated ones stay repeated. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** The headers of the downstream API's answer that the client gets. */
export function responseHeaders(
  rawHeaders: readonly string[],
  api: DownstreamApiSettings,
  requested: RequestedPath,
): HeaderList {
  const dropped = namedInConnection(rawHeaders);
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    const value = rawHeaders[index + 1] ?? "";
    if (isDropped(name) || dropped.has(name)) continue;
    if (COOKIES.has(name) && !api.allowSetCookie) continue;
    if (FOR_SHARED_CACHES.has(name) && !api.allowSharedCaching) continue;
    headers.push([name, valueForClient(name, value, api, requested)]);
  }
  return headers;
}

function valueForClient(name: string, value: string, api: DownstreamApiSettings, requested: RequestedPath): string {
  if (LOCATIONS.has(name)) return locationForClient(value, api, requested);
  if (name === CACHE_CONTROL && !api.allowSharedCaching) return forOneUser(value);
  return value;
}

/** One directive, whose argument may be a quoted text with commas (RFC 9111, 5.2; RFC 9110, 5.6.4). */
const DIRECTIVE = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;
/** With these a shared cache may store the answer to a request with `Authorization`, and serve it to others (RFC 9111, 3.5). */
const OPENS_SHARED_CACHES = ["public", "s-maxage", "must-revalidate"];

/**
 * `Cache-Control` of an answer that was made for one user: what opens shared caches becomes `private`. `must-revalidate`
 * stays beside it, since it means something to the user's own cache too.
 */
function forOneUser(cacheControl: string): string {
  const directives = (cacheControl.match(DIRECTIVE) ?? []).map((text) => text.trim()).filter((text) => text !== "");
  const names = directives.map((text) => text.split("=", 1)[0]?.trim().toLowerCase() ?? "");
  if (!OPENS_SHARED_CACHES.some((name) => names.includes(name))) return cacheControl;
  const kept = directives.filter((_, index) => names[index] !== "public" && names[index] !== "s-maxage");
  // `private="field"` reserves that field alone.
  const isClosed = kept.some((text) => /^(?:private|no-store)$/i.test(text));
  if (isClosed) return kept.length === directives.length ? cacheControl : kept.join(", ");
  return ["private", ...kept].join(", ");
}

/** The values of `WWW-Authenticate`, which `responseHeaders` leaves out. */
export function challengeFields(rawHeaders: readonly string[]): readonly string[] {
  return fieldValues(rawHeaders, CHALLENGE_HEADER);
}
