import type { X509Certificate } from "node:crypto";
import { createHash, randomUUID } from "node:crypto";
import type { CertificateChain } from "./certificate.ts";

/** As MSAL: long enough for clocks that differ and for retries, short enough to be worth nothing when stolen. */
const LIFETIME_S = 600;

/** The SHA-256 thumbprint in hexadecimal, as Azure's portal shows it. */
export function thumbprintOf({ raw }: X509Certificate): string {
  return createHash("sha256").update(raw).digest("hex").toUpperCase();
}

/**
 * The header of a client assertion: PS256 and `x5t#S256`, and the chain where the registration trusts its issuer.
 * Microsoft, "Microsoft identity platform application authentication certificate credentials".
 */
export function assertionHeader(chain: CertificateChain, sendX5C: boolean) {
  const thumbprint = Buffer.from(thumbprintOf(chain[0]), "hex").toString("base64url");
  const x5c = sendX5C ? { x5c: chain.map(({ raw }) => raw.toString("base64")) } : {};
  return { alg: "PS256", typ: "JWT", "x5t#S256": thumbprint, ...x5c };
}

/** The claims of a client assertion (RFC 7523, 3). Times are seconds. */
export function assertionClaims(clientId: string, tokenEndpoint: string, nowMs: number) {
  const nowS = Math.floor(nowMs / 1000);
  return {
    jti: randomUUID(),
    aud: tokenEndpoint,
    iss: clientId,
    sub: clientId,
    iat: nowS,
    nbf: nowS,
    exp: nowS + LIFETIME_S,
  };
}
