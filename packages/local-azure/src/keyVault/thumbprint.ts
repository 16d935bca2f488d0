import { createHash } from "node:crypto";

/** Base64url hash of a certificate's DER, as in `x5t` and `x5t#S256` (RFC 7515, 4.1.7 and 4.1.8) and in Key Vault's `x5t`. */
export function thumbprint(der: Buffer, algorithm: "sha1" | "sha256"): string {
  return createHash(algorithm).update(der).digest("base64url");
}
