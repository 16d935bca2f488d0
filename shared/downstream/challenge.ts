import type { ChallengeParameters, ChallengeRealm } from "../errors/challenge.ts";
import { bearerChallenge } from "../errors/challenge.ts";
import type { Challenge } from "../net/headerFields.ts";

/** A claims request is a few hundred characters; it is kept with the token. */
const MAX_CHARACTERS = 8_192;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The claims, as JSON text, that a downstream API demands of token B (Microsoft, "Claims challenges, claims requests, and
 * client capabilities"): a Bearer challenge with `error="insufficient_claims"` and a claims request in base64. Anything else is
 * no such challenge.
 */
export function demandedClaims(challenges: readonly Challenge[]): string | undefined {
  for (const { scheme, parameters } of challenges) {
    if (scheme !== "bearer" || parameters.get("error") !== "insufficient_claims") continue;
    const claims = decoded(parameters.get("claims") ?? "");
    if (claims !== undefined && asksOfAccessToken(claims)) return claims;
  }
  return undefined;
}

/** Both alphabets are met, with padding and without (RFC 4648, 4 and 5); never the two in one value. */
function decoded(text: string): string | undefined {
  if (text.length > MAX_CHARACTERS || !(BASE64.test(text) || BASE64URL.test(text))) return undefined;
  const digits = text.replace(/=+$/, "");
  const padded = digits.length < text.length;
  if (digits.length % 4 === 1 || (padded && text.length % 4 !== 0)) return undefined;
  try {
    return UTF8.decode(Buffer.from(digits, "base64"));
  } catch {
    return undefined; // No UTF-8: no JSON.
  }
}

/** OpenID Connect Core, 5.5: an object whose member `access_token` names claims. Entra ID would refuse anything else. */
function asksOfAccessToken(claims: string): boolean {
  let request: unknown;
  try {
    request = JSON.parse(claims);
  } catch {
    return false;
  }
  if (!isObject(request) || !isObject(request.access_token)) return false;
  return Object.keys(request.access_token).length > 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const UNAUTHORIZED = 401;
/** RFC 6749, 3.3. */
const SCOPES = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;
const MAX_SCOPE_CHARACTERS = 2_048;

export interface ToldOf {
  readonly status: number;
  readonly challenges: readonly Challenge[];
  /** Whether the call was made with the app's own token. */
  readonly requestAppToken: boolean;
}

/**
 * What the gateway's client is challenged with where a downstream API challenged the gateway. The API's own words would
 * name its sign-in page, its app and perhaps an address inside; another scheme than Bearer would make a browser ask its user
 * for a password, and send that to the gateway. So only what a client can act on is said again, in the gateway's name: the
 * kind of error, scopes, and claims: with those the client signs in anew for the gateway, and the next exchange carries on
 * what that sign-in met. About an app's own token no client can do anything.
 * @returns undefined where there is nothing to say. A 401 says something always (RFC 9110, 15.5.2).
 */
export function ownChallenge(
  { status, challenges, requestAppToken }: ToldOf,
  realm: ChallengeRealm,
): string | undefined {
  const bearers = challenges.filter(({ scheme }) => scheme === "bearer");
  if (status !== UNAUTHORIZED && (bearers.length === 0 || requestAppToken)) return undefined;
  return bearerChallenge(requestAppToken ? {} : parametersOf(bearers), realm);
}

function parametersOf(bearers: readonly Challenge[]): ChallengeParameters {
  const claims = demandedClaims(bearers);
  if (claims !== undefined) return { error: "insufficient_claims", claims };
  const { parameters } = bearers[0] ?? {};
  const error = parameters?.get("error");
  const scope = parameters?.get("scope") ?? "";
  return {
    ...(error === "invalid_request" || error === "invalid_token" || error === "insufficient_scope" ? { error } : {}),
    ...(scope.length <= MAX_SCOPE_CHARACTERS && SCOPES.test(scope) ? { scope: scope.split(" ") } : {}),
  };
}
