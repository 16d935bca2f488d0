import forge from "node-forge";

/** How the private key is encrypted: PBES2 with AES-256-CBC, or the older PBE with SHA-1 and 3-key triple DES. */
export type Pkcs12Encryption = "aes256" | "3des";

export interface Pkcs12Content {
  /** Leaf first. */
  readonly certificatesPem: readonly string[];
  /** RSA. Without it, the file holds certificates only. */
  readonly privateKeyPem?: string | undefined;
  readonly encryption: Pkcs12Encryption;
}

/**
 * A PKCS#12 file (RFC 7292) with an empty password, as Key Vault hands out: "no password" still encrypts the key and
 * authenticates the file, with the empty string.
 */
export function toPkcs12(content: Pkcs12Content): Buffer {
  const certificates = content.certificatesPem.map((pem) => forge.pki.certificateFromPem(pem));
  const key = content.privateKeyPem === undefined ? null : forge.pki.privateKeyFromPem(content.privateKeyPem);
  const asn1 = forge.pkcs12.toPkcs12Asn1(key, certificates, "", { algorithm: content.encryption });
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), "binary");
}
