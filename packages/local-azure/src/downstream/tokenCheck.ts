import {
  type AccessTokenVerifier,
  bearerToken,
  SigningKeysUnavailableError,
  TokenRefusedError,
} from "../net/accessTokenVerifier.ts";
import { bearerChallenge, type ChallengeSource } from "./bearerChallenge.ts";
import type { ClaimsDemands } from "./claimsChallenge.ts";
import { Refusal } from "./refusal.ts";
import { type UserToken, userTokenOf } from "./userToken.ts";

export interface TokenCheck extends ChallengeSource {
  readonly verifier: AccessTokenVerifier;
  readonly requiredScope: string;
  /** An app role that opens the API to apps without a user. */
  readonly requiredRole: string | undefined;
  readonly demands: ClaimsDemands;
}

/**
 * Checks token B as a strict API does.
 * @param headerValues every `Authorization` header of the request.
 * @param onKnown told whose token it is as soon as that is certain, even if it is refused after that.
 * @throws Refusal 400, 401 or 403 with the challenge of RFC 6750; 503 when the issuer's keys cannot be had.
 */
export async function checkToken(
  check: TokenCheck,
  headerValues: readonly string[],
  onKnown: (token: UserToken) => void,
): Promise<UserToken> {
  if (headerValues.length > 1)
    throw challenged(check, 400, "invalid_request", "There is more than one Authorization header.");
  const raw = bearerToken(headerValues[0]);
  // RFC 6750, 3.1: a request without authentication information is not told an error code.
  if (raw === undefined) {
    throw new Refusal(401, "InvalidAuthenticationToken", "Access token is empty.", {
      "www-authenticate": bearerChallenge(check),
    });
  }
  const token = await verified(check, raw);
  onKnown(token);
  if (!token.scopes.includes(check.requiredScope) && !isAppWithRole(token, check.requiredRole)) {
    const text = "The token does not carry the scope that this API requires.";
    throw challenged(check, 403, "insufficient_scope", text, { scope: check.requiredScope });
  }
  const claims = check.demands.unmetBy(token, raw);
  if (claims === undefined) return token;
  throw new Refusal(401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in a claims challenge.", {
    "www-authenticate": bearerChallenge(check, {
      error: "insufficient_claims",
      claims: Buffer.from(JSON.stringify(claims)).toString("base64"),
    }),
  });
}

/** An app's own token has no `scp`; what an administrator granted the app stands in `roles`. */
function isAppWithRole({ scopes, claims }: UserToken, role: string | undefined): boolean {
  return role !== undefined && scopes.length === 0 && [claims.roles].flat().includes(role);
}

async function verified(check: TokenCheck, raw: string): Promise<UserToken> {
  try {
    return userTokenOf(await check.verifier.verify(raw));
  } catch (error) {
    if (error instanceof TokenRefusedError) throw challenged(check, 401, "invalid_token", flawText(error));
    if (error instanceof SigningKeysUnavailableError) throw new Refusal(503, "ServiceUnavailable", error.message);
    throw error;
  }
}

function flawText({ flaw, found, message }: TokenRefusedError): string {
  return flaw === "audience" || flaw === "issuer" ? `The ${flaw} is invalid: ${found}` : message;
}

const ERROR_CODES: Readonly<Record<string, string>> = {
  invalid_request: "BadRequest",
  invalid_token: "InvalidAuthenticationToken",
  insufficient_scope: "Authorization_RequestDenied",
};

function challenged(
  source: ChallengeSource,
  status: number,
  error: string,
  text: string,
  more: Readonly<Record<string, string>> = {},
): Refusal {
  return new Refusal(status, ERROR_CODES[error] ?? error, text, {
    "www-authenticate": bearerChallenge(source, { error, error_description: text, ...more }),
  });
}
