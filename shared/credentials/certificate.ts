import type { KeyObject } from "node:crypto";
import { X509Certificate } from "node:crypto";

const LEAST_RSA_BITS = 2048;
/** What Key Vault knows. A signature with a longer key takes so long that it would hold up other users' calls. */
const MOST_RSA_BITS = 4096;

/** The app's certificate first, then those that vouch for it. */
export type CertificateChain = readonly [X509Certificate, ...X509Certificate[]];

/** A certificate with its private key. The key is a KeyObject: it lives outside the JavaScript heap and prints nothing. */
export interface Certificate {
  readonly privateKey: KeyObject;
  readonly chain: CertificateChain;
}

/** @throws Error for what is no X.509 certificate; PEM or DER. */
export function readX509(certificate: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (error) {
    throw new Error("one of its certificates cannot be read", { cause: error });
  }
}

/**
 * Whether a key, private or public, is one to sign client assertions with.
 * @throws Error when it is not.
 */
export function checkKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): void {
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (asymmetricKeyType !== "rsa" || bits < LEAST_RSA_BITS || bits > MOST_RSA_BITS) {
    const found = asymmetricKeyType === "rsa" ? `has ${bits} bits` : `is of the type ${asymmetricKeyType}`;
    throw new Error(`its key must be RSA with ${LEAST_RSA_BITS} to ${MOST_RSA_BITS} bits, and ${found}`);
  }
}

/** Puts the certificate that belongs to the key first, and refuses keys that Entra ID would. */
export function certificateWithKey(privateKey: KeyObject, certificates: readonly X509Certificate[]): Certificate {
  checkKey(privateKey);
  if (certificates.length === 0) throw new Error("there is no certificate in it");
  const own = certificates.find((certificate) => certificate.checkPrivateKey(privateKey));
  if (own === undefined) throw new Error("none of its certificates belongs to the private key");
  return { privateKey, chain: [own, ...certificates.filter((certificate) => certificate !== own)] };
}
