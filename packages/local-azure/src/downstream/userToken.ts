import type { JWTPayload } from "jose";
import { textClaim } from "../net/accessTokenVerifier.ts";

/** What this API takes from token B. */
export interface UserToken {
  readonly objectId: string | undefined;
  readonly name: string | undefined;
  readonly preferredUsername: string | undefined;
  readonly tenantId: string | undefined;
  /** `appid` of a v1.0 token, `azp` of a v2.0 token. */
  readonly clientAppId: string | undefined;
  readonly audience: string;
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly claims: JWTPayload;
}

export function userTokenOf(claims: JWTPayload & { iat: number }): UserToken {
  const text = (name: string): string | undefined => textClaim(claims, name);
  return {
    objectId: text("oid"),
    name: text("name"),
    // v1.0 tokens say `upn`.
    preferredUsername: text("preferred_username") ?? text("upn"),
    tenantId: text("tid"),
    clientAppId: text("appid") ?? text("azp"),
    audience: [claims.aud ?? []].flat().join(" "),
    scopes: text("scp")?.split(" ") ?? [],
    issuedAt: claims.iat,
    claims,
  };
}
