import type { KeyObject } from "node:crypto";
import { createPrivateKey, X509Certificate } from "node:crypto";

const LEAST_RSA_BITS = 2048;

/** A certificate with its private key. The key is a KeyObject: it lives outside the JavaScript heap and prints nothing. */
export interface Certificate {
  readonly privateKey: KeyObject;
  /** The app's certificate first, then those that vouch for it. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
}

/** Encrypted keys of the older form have headers, with dashes in them, before their base64 (RFC 1421, 4.6). */
const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g;
const ENCRYPTED = /^(-----BEGIN ENCRYPTED |Proc-Type: 4,ENCRYPTED)/m;

/**
 * Reads a private key and certificates from PEM, in any order.
 * @throws Error saying what is missing or wrong; never with any of the text.
 */
export function certificateFromPem(pem: string, password: string): Certificate {
  const blocks = [...pem.matchAll(PEM_BLOCK)].map(([block, label]) => ({ block, label }));
  const key = blocks.find(({ label }) => label?.endsWith("PRIVATE KEY"));
  if (key === undefined) throw new Error("there is no private key in it");
  const privateKey = readPrivateKey(key.block, password);
  const certificates = blocks.filter(({ label }) => label === "CERTIFICATE").map(({ block }) => readX509(block));
  return certificateWithKey(privateKey, certificates);
}

// OpenSSL's own words ("DECODER routines::unsupported" for a wrong password) would lead whoever reads them astray.
function readPrivateKey(pem: string, password: string): KeyObject {
  const encrypted = ENCRYPTED.test(pem);
  if (encrypted && password === "") throw new Error("its private key is encrypted, and no password is given");
  try {
    return createPrivateKey({ key: pem, ...(password === "" ? {} : { passphrase: password }) });
  } catch (error) {
    const why = encrypted ? "cannot be decrypted: the password is wrong, or the key is damaged" : "cannot be read";
    throw new Error(`its private key ${why}`, { cause: error });
  }
}

/** @throws Error for what is no X.509 certificate; PEM or DER. */
export function readX509(certificate: string | Buffer): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (error) {
    throw new Error("one of its certificates cannot be read", { cause: error });
  }
}

/** Puts the certificate that belongs to the key first, and refuses keys that Entra ID would. */
export function certificateWithKey(privateKey: KeyObject, certificates: readonly X509Certificate[]): Certificate {
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (privateKey.asymmetricKeyType !== "rsa" || bits < LEAST_RSA_BITS) {
    throw new Error(`its key is not RSA with at least ${LEAST_RSA_BITS} bits`);
  }
  if (certificates.length === 0) throw new Error("there is no certificate in it");
  const own = certificates.find((certificate) => certificate.checkPrivateKey(privateKey));
  if (own === undefined) throw new Error("none of its certificates belongs to the private key");
  return { privateKey, chain: [own, ...certificates.filter((certificate) => certificate !== own)] };
}
