import type { DownstreamApiSettings } from "../config/settings.ts";
import { fieldValues } from "../http/fieldValues.ts";
import { CORRELATION_HEADER } from "../telemetry/correlationId.ts";
import { HOP_BY_HOP, namedInConnection } from "./hopByHop.ts";
import type { RequestedPath } from "./location.ts";
import { locationForClient } from "./location.ts";

const CHALLENGE_HEADER = "www-authenticate";

/** Header fields of an answer, in order; repeated ones stay repeated. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Not for the client: what the API's server says of itself, ids that are not this call's, and challenges (`ownChallenge`). */
const NEVER = new Set([
  ...HOP_BY_HOP,
  CHALLENGE_HEADER,
  "server",
  "x-generator",
  "x-server",
  "x-backend-server",
  "via",
  "alt-svc",
  "x-ms-invocation-id",
  CORRELATION_HEADER,
]);
const NEVER_BEGINNING = /^x-(?:powered-by|aspnet)/;
/** Cookies of another origin; an operator may want them nevertheless. */
const COOKIES = new Set(["set-cookie", "set-cookie2"]);
const LOCATIONS = new Set(["location", "content-location"]);

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
    if (NEVER.has(name) || dropped.has(name) || NEVER_BEGINNING.test(name)) continue;
    if (COOKIES.has(name) && !api.allowSetCookie) continue;
    headers.push([name, LOCATIONS.has(name) ? locationForClient(value, api, requested) : value]);
  }
  return headers;
}

/** The values of `WWW-Authenticate`, which `responseHeaders` leaves out. */
export function challengeFields(rawHeaders: readonly string[]): readonly string[] {
  return fieldValues(rawHeaders, CHALLENGE_HEADER);
}
