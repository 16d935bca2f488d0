import type { ChallengeParameters, ChallengeRealm } from "../errors/challenge.ts";
import { bearerChallenge } from "../errors/challenge.ts";
import type { Challenge } from "../net/headerFields.ts";
import { demandedClaims } from "./claimsChallenge.ts";

const UNAUTHORIZED = 401;
/** RFC 6749, 3.3. */
const SCOPES = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;
const MOST_SCOPE_CHARACTERS = 2_048;

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
    ...(scope.length <= MOST_SCOPE_CHARACTERS && SCOPES.test(scope) ? { scope: scope.split(" ") } : {}),
  };
}
