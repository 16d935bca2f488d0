import type { KeyObject } from "node:crypto";
import { createPrivateKey, X509Certificate } from "node:crypto";

const LEAST_RSA_BITS = 2048;

/** A certificate with its private key. The key is a KeyObject: it lives outside the JavaScript heap and prints nothing. */
export interface Certificate {
  readonly privateKey: KeyObject;
  /** The app's certificate first, then those that vouch for it. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
}

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;

/**
 * Reads a private key and certificates from PEM, in any order.
 * @throws Error saying what is missing or wrong; never with any of the text.
 */
export function certificateFromPem(pem: string, password: string): Certificate {
  const blocks = [...pem.matchAll(PEM_BLOCK)].map(([block, label]) => ({ block, label }));
  const key = blocks.find(({ label }) => label?.endsWith("PRIVATE KEY"));
  if (key === undefined) throw new Error("there is no private key in it");
  const privateKey = createPrivateKey({ key: key.block, ...(password === "" ? {} : { passphrase: password }) });
  const certificates = blocks
    .filter(({ label }) => label === "CERTIFICATE")
    .map(({ block }) => new X509Certificate(block));
  return certificateWithKey(privateKey, certificates);
}

/** Puts the certificate that belongs to the key first, and refuses keys that Entra ID would. */
export function certificateWithKey(privateKey: KeyObject, certificates: readonly X509Certificate[]): Certificate {
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (privateKey.asymmetricKeyType !== "rsa" || bits < LEAST_RSA_BITS) {
    throw new Error(`its key is not RSA with at least ${LEAST_RSA_BITS} bits`);
  }
  const own = certificates.find((certificate) => certificate.checkPrivateKey(privateKey));
  if (own === undefined) throw new Error("none of its certificates belongs to the private key");
  return { privateKey, chain: [own, ...certificates.filter((certificate) => certificate !== own)] };
}
