import { SignJWT } from "jose";
import type { Clock } from "../clock.ts";
import { assertionClaims, assertionHeader, thumbprintOf } from "./assertionContent.ts";
import type { Certificate } from "./certificate.ts";
import type { ClientCredential } from "./clientCredential.ts";

export interface CertificateCredentialOptions {
  readonly clientId: string;
  readonly sendX5C: boolean;
  readonly now: Clock;
  /** Names the source in logs. */
  readonly source: string;
}

/** A certificate as client credential: each token request carries a JWT signed with its key. */
export function certificateCredential(
  { chain, privateKey }: Certificate,
  { clientId, sendX5C, now, source }: CertificateCredentialOptions,
): ClientCredential {
  const [own] = chain;
  const header = assertionHeader(chain, sendX5C);
  return {
    label: `${source} certificate ${thumbprintOf(own)}`,
    expiresOnMs: own.validToDate.getTime(),
    proof: {
      kind: "assertion",
      sign: (tokenEndpoint) =>
        new SignJWT(assertionClaims(clientId, tokenEndpoint, now())).setProtectedHeader(header).sign(privateKey),
    },
  };
}
