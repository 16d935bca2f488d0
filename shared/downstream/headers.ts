import type { DownstreamApiSettings, ExtraHeader } from "../config/settings.ts";
import { asciiValue, fieldValues } from "../net/headerFields.ts";
import {
  COOKIE_HEADERS,
  headerMatcher,
  namedInConnection,
  plainName,
  REQUEST_HEADER_RULES,
  RESPONSE_HEADER_RULES,
  SHARED_CACHE_HEADERS,
} from "../net/headerRules.ts";
import type { Secret } from "../secret.ts";
import {
  CLIENT_REQUEST_ID_HEADER,
  CORRELATION_HEADER,
  isTraceParent,
  newTraceParent,
} from "../telemetry/correlation.ts";
import { isBelow } from "./targetPath.ts";

const isDroppedFromRequest = headerMatcher(REQUEST_HEADER_RULES);
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
    if (dropped.has(lower) || (isDroppedFromRequest(plain) && !passRequestHeaders.includes(lower))) continue;
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

const CHALLENGE_HEADER = "www-authenticate";
const CACHE_CONTROL = "cache-control";
const LOCATIONS = new Set(["location", "content-location"]);
const isDroppedFromResponse = headerMatcher(RESPONSE_HEADER_RULES);
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
    if (isDroppedFromResponse(name) || dropped.has(name)) continue;
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
const BALANCED_QUOTES = /^(?:[^"]|"(?:[^"\\]|\\.)*")*$/s;
/** With these a shared cache may store the answer to a request with `Authorization`, and serve it to others (RFC 9111, 3.5). */
const OPENS_SHARED_CACHES = ["public", "s-maxage", "must-revalidate"];

/**
 * `Cache-Control` of an answer that was made for one user: what opens shared caches becomes `private`. `must-revalidate`
 * stays beside it, since it means something to the user's own cache too.
 */
function forOneUser(cacheControl: string): string {
  // What no parser must accept, each reads in its own way: the strictest holds.
  if (cacheControl.includes(";") || !BALANCED_QUOTES.test(cacheControl)) return "private, no-store";
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
