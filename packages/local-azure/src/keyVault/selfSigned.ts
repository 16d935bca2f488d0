import { generateKeyPair, randomBytes, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import forge from "node-forge";
import { thumbprint } from "./thumbprint.ts";

const DEFAULT_BITS = 2048;

export interface SelfSignedOptions {
  /** The common name. */
  readonly subject: string;
  /** Start and end of validity, ms since the epoch; X.509 keeps whole seconds. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Size of the RSA key. */
  readonly bits?: number;
}

export interface SelfSignedCertificate {
  readonly certificatePem: string;
  /** PKCS#8. */
  readonly privateKeyPem: string;
  /** Base64url, as in the JWS header parameters `x5t` and `x5t#S256` (RFC 7515, 4.1.7 and 4.1.8). */
  readonly thumbprintSha1: string;
  readonly thumbprintSha256: string;
}

/** Makes what one uploads to an app registration: a self-signed RSA certificate for signing client assertions. */
export async function makeSelfSignedCertificate(options: SelfSignedOptions): Promise<SelfSignedCertificate> {
  // The key is made by OpenSSL, not by forge: a hundred times faster.
  const pair = await promisify(generateKeyPair)("rsa", {
    modulusLength: options.bits ?? DEFAULT_BITS,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  // RFC 5280, 4.1.2.2: positive and at most 20 octets; 0x01 in front keeps it so.
  certificate.serialNumber = `01${randomBytes(15).toString("hex")}`;
  certificate.validity.notBefore = new Date(options.notBeforeMs);
  certificate.validity.notAfter = new Date(options.notAfterMs);
  const name = [{ name: "commonName", value: options.subject }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: "basicConstraints", critical: true, cA: false },
    { name: "keyUsage", critical: true, digitalSignature: true },
    { name: "extKeyUsage", clientAuth: true },
    { name: "subjectKeyIdentifier" },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create());
  const certificatePem = forge.pki.certificateToPem(certificate).replaceAll("\r\n", "\n");
  const { raw } = new X509Certificate(certificatePem);
  return {
    certificatePem,
    privateKeyPem: pair.privateKey,
    thumbprintSha1: thumbprint(raw, "sha1"),
    thumbprintSha256: thumbprint(raw, "sha256"),
  };
}
