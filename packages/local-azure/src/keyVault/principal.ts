import type { JWTPayload } from "jose";
import { textClaim } from "../net/accessTokenVerifier.ts";

/** Whom a token stands for. */
export interface Principal {
  readonly objectId: string | undefined;
  readonly appId: string | undefined;
  readonly issuer: string | undefined;
}

export function principalOf(claims: JWTPayload): Principal {
  return {
    objectId: textClaim(claims, "oid"),
    // v1.0 tokens name the client `appid`, v2.0 tokens `azp`.
    appId: textClaim(claims, "appid") ?? textClaim(claims, "azp"),
    issuer: claims.iss,
  };
}
