import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from "jose";
import { type ClaimDemand, checkClaims } from "./claimDemand.ts";
import { flawOf, isAboutKey, TokenFlaw } from "./tokenFlaw.ts";

export interface TokenDemands {
  /** Each is tried until one fits. */
  readonly keys: readonly JWTVerifyGetKey[];
  readonly algorithms: readonly string[];
  readonly issuers: readonly string[];
  /** None: any audience. */
  readonly audiences: readonly string[];
  readonly claims: readonly ClaimDemand[];
  readonly requireExpiration: boolean;
  readonly clockSkewSeconds: number;
}

/**
 * Checks signature, lifetime, audience, issuer and claims, in this order (that of the library in API Management).
 * @throws TokenFlaw
 */
export async function validateToken(token: string, demands: TokenDemands, nowMs: number): Promise<JWTPayload> {
  const payload = await verify(token, demands, nowMs);
  const audiences = [payload.aud ?? []].flat();
  if (demands.audiences.length > 0 && !audiences.some((audience) => demands.audiences.includes(audience))) {
    throw new TokenFlaw("TokenAudienceNotAllowed", "Audience validation failed. Access denied.");
  }
  // The metadata of several tenants together (`common`, `organizations`) leaves a place for the token's own.
  const issuers = demands.issuers.map((issuer) => issuer.replace("{tenantid}", String(payload.tid)));
  if (issuers.length > 0 && !issuers.includes(payload.iss ?? "")) {
    throw new TokenFlaw("TokenIssuerNotAllowed", "Issuer validation failed. Access denied.");
  }
  checkClaims(payload, demands.claims);
  return payload;
}

async function verify(token: string, demands: TokenDemands, nowMs: number): Promise<JWTPayload> {
  const options: JWTVerifyOptions = {
    algorithms: [...demands.algorithms],
    currentDate: new Date(nowMs),
    clockTolerance: demands.clockSkewSeconds,
    requiredClaims: demands.requireExpiration ? ["exp"] : [],
  };
  let last = new TokenFlaw("TokenSignatureKeyNotFound", "There is no key to check the token with. Access denied.");
  for (const key of demands.keys) {
    try {
      return await verifyWith(token, key, options);
    } catch (error) {
      const flaw = flawOf(error);
      if (flaw === undefined) throw error;
      if (!isAboutKey(flaw)) throw flaw;
      last = flaw;
    }
  }
  throw last;
}

async function verifyWith(token: string, key: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, key, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    // A token without `kid`: every key may be the one.
    for await (const candidate of error) {
      try {
        return (await jwtVerify(token, candidate, options)).payload;
      } catch (inner) {
        if (!(inner instanceof errors.JWSSignatureVerificationFailed)) throw inner;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}
