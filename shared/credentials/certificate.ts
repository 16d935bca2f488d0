import type { KeyObject } from "node:crypto";
import { createPrivateKey, X509Certificate } from "node:crypto";

const MIN_RSA_BITS = 2048;
/** What Key Vault knows. A signature with a longer key takes so long that it would hold up other users' calls. */
const MAX_RSA_BITS = 4096;

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
export function checkKey({
  asymmetricKeyType,
  asymmetricKeyDetails,
}: Pick<KeyObject, "asymmetricKeyType" | "asymmetricKeyDetails">): void {
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (asymmetricKeyType !== "rsa" || bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
    const found = asymmetricKeyType === "rsa" ? `has ${bits} bits` : `is of the type ${asymmetricKeyType}`;
    throw new Error(`its key must be RSA with ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits, and ${found}`);
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

const BEGIN = "-----BEGIN ";
const DASHES = "-----";
/** How encrypted keys begin: of today's form, and of the older one, after its first line (RFC 1421, 4.6). */
const ENCRYPTED = ["-----BEGIN ENCRYPTED ", "Proc-Type: 4,ENCRYPTED"];

interface Block {
  readonly label: string;
  /** A part of the file, not a copy. */
  readonly bytes: Buffer;
}

export function isPem(file: Buffer): boolean {
  return file.includes(BEGIN);
}

/**
 * Reads a private key and certificates from PEM (RFC 7468), in any order. Bytes are never made a string, which nobody
 * could wipe; the caller wipes the file.
 * @throws Error saying what is missing or wrong; never with any of the text.
 */
export function certificateFromPem(file: Buffer, password: string): Certificate {
  const blocks = blocksOf(file);
  const key = blocks.find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (key === undefined) throw new Error("there is no private key in it");
  const privateKey = readPrivateKey(key.bytes, password);
  const certificates = blocks.filter(({ label }) => label === "CERTIFICATE").map(({ bytes }) => readX509(bytes));
  return certificateWithKey(privateKey, certificates);
}

function blocksOf(file: Buffer): readonly Block[] {
  const blocks: Block[] = [];
  let at = file.indexOf(BEGIN);
  while (at >= 0) {
    const labelAt = at + BEGIN.length;
    const label = file.toString("latin1", labelAt, Math.max(labelAt, file.indexOf(DASHES, labelAt)));
    const end = `-----END ${label}-----`;
    const endAt = file.indexOf(end, labelAt);
    if (endAt >= 0) blocks.push({ label, bytes: file.subarray(at, endAt + end.length) });
    at = file.indexOf(BEGIN, endAt < 0 ? labelAt : endAt + end.length);
  }
  return blocks;
}

// OpenSSL's own words ("DECODER routines::unsupported" for a wrong password) would lead whoever reads them astray.
function readPrivateKey(pem: Buffer, password: string): KeyObject {
  const encrypted = ENCRYPTED.some((sign) => pem.includes(sign));
  if (encrypted && password === "") throw new Error("its private key is encrypted, and no password is given");
  try {
    return createPrivateKey({ key: pem, format: "pem", ...(password === "" ? {} : { passphrase: password }) });
  } catch (error) {
    const why = encrypted ? "cannot be decrypted: the password is wrong, or the key is damaged" : "cannot be read";
    throw new Error(`its private key ${why}`, { cause: error });
  }
}
