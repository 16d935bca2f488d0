import { createHash, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { Clock } from "../clock.ts";
import type { Certificate } from "./certificate.ts";
import type { ClientCredential } from "./clientCredential.ts";

/** As MSAL: long enough for clocks that differ and for retries, short enough to be worth nothing when stolen. */
const LIFETIME_S = 600;

export interface CertificateCredentialOptions {
  readonly clientId: string;
  readonly sendX5C: boolean;
  readonly now: Clock;
  /** Names the source in logs. */
  readonly source: string;
}

/**
 * A certificate as client credential: each token request carries a JWT signed with its key (PS256, `x5t#S256`).
 * Microsoft, "Microsoft identity platform application authentication certificate credentials".
 */
export function certificateCredential(
  certificate: Certificate,
  options: CertificateCredentialOptions,
): ClientCredential {
  const [own] = certificate.chain;
  const thumbprint = createHash("sha256").update(own.raw).digest();
  const x5c = options.sendX5C ? { x5c: certificate.chain.map(({ raw }) => raw.toString("base64")) } : {};
  const header = { alg: "PS256", typ: "JWT", "x5t#S256": thumbprint.toString("base64url"), ...x5c };
  return {
    label: `${options.source} certificate ${thumbprint.toString("hex").toUpperCase()}`,
    expiresOnMs: own.validToDate.getTime(),
    proof: {
      kind: "assertion",
      sign(tokenEndpoint) {
        const nowS = Math.floor(options.now() / 1000);
        return new SignJWT({ jti: randomUUID() })
          .setProtectedHeader(header)
          .setAudience(tokenEndpoint)
          .setIssuer(options.clientId)
          .setSubject(options.clientId)
          .setIssuedAt(nowS)
          .setNotBefore(nowS)
          .setExpirationTime(nowS + LIFETIME_S)
          .sign(certificate.privateKey);
      },
    },
  };
}
