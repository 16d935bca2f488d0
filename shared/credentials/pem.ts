import type { KeyObject } from "node:crypto";
import { createPrivateKey } from "node:crypto";
import type { Certificate } from "./certificate.ts";
import { certificateWithKey, readX509 } from "./certificate.ts";

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
