import type { KeyObject } from "node:crypto";
import { createPrivateKey } from "node:crypto";
import forge from "node-forge";
import type { Certificate } from "./certificate.ts";
import { certificateWithKey, readX509 } from "./certificate.ts";

/**
 * Reads a PKCS#12 (PFX) file: RFC 7292, with the AES-256, 3DES and RC2 encryptions that Key Vault and Windows use.
 * The parser works on strings and numbers: nothing of them is kept, so they go with the next garbage collection.
 * @throws Error saying what is missing or wrong.
 */
export function certificateFromPkcs12(file: Buffer, password: string): Certificate {
  const pkcs12 = open(parse(file), password);
  const keyBag = bagsOf(pkcs12, forge.pki.oids.pkcs8ShroudedKeyBag)[0] ?? bagsOf(pkcs12, forge.pki.oids.keyBag)[0];
  if (keyBag?.key == null) throw new Error("there is no private key in it, or not an RSA one");
  const pkcs8 = forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(keyBag.key));
  const key = der(pkcs8);
  const privateKey = readAndWipe(key);
  const certificates = bagsOf(pkcs12, forge.pki.oids.certBag).flatMap((bag) =>
    // forge leaves certificates it cannot read (of another key type) as plain ASN.1; OpenSSL reads those too.
    bag.cert == null ? (bag.asn1 == null ? [] : [bag.asn1]) : [forge.pki.certificateToAsn1(bag.cert)],
  );
  return certificateWithKey(
    privateKey,
    certificates.map((certificate) => readX509(der(certificate))),
  );
}

function readAndWipe(pkcs8: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  } finally {
    pkcs8.fill(0);
  }
}

function parse(file: Buffer): forge.asn1.Asn1 {
  try {
    return forge.asn1.fromDer(forge.util.createBuffer(file.toString("binary")));
  } catch (error) {
    throw new Error("it is neither PEM nor PKCS#12, or is incomplete", { cause: error });
  }
}

// "No password" is written in two ways: as the empty string (OpenSSL, Key Vault) and as nothing at all (.NET, Windows);
// RFC 7292, B.1 makes different keys of them.
function open(asn1: forge.asn1.Asn1, password: string): forge.pkcs12.Pkcs12Pfx {
  try {
    return forge.pkcs12.pkcs12FromAsn1(asn1, false, password);
  } catch (error) {
    if (password !== "") throw error;
    try {
      return forge.pkcs12.pkcs12FromAsn1(asn1, false);
    } catch {
      throw error;
    }
  }
}

function bagsOf(pkcs12: forge.pkcs12.Pkcs12Pfx, bagType: string | undefined): forge.pkcs12.Bag[] {
  return bagType === undefined ? [] : (pkcs12.getBags({ bagType })[bagType] ?? []);
}

function der(asn1: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), "binary");
}
