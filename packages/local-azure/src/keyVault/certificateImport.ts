import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { type Pkcs12Encryption, toPkcs12 } from "./pkcs12.ts";
import { thumbprint } from "./thumbprint.ts";

export type CertificateContentType = "application/x-pkcs12" | "application/x-pem-file";

export interface CertificateImport {
  /** One or more certificates, leaf first. */
  readonly certificatePem: string;
  /** RSA. */
  readonly privateKeyPem: string;
  /** The form in which the secret of the same name holds it. */
  readonly contentType: CertificateContentType;
  /** False: the secret holds the certificate only. True unless told. */
  readonly exportable?: boolean;
  /** AES-256 unless told. */
  readonly pkcs12Encryption?: Pkcs12Encryption;
}

/** What Key Vault knows of one version of a certificate. */
export interface CertificateFacts {
  readonly der: Buffer;
  /** Base64url SHA-1. */
  readonly x5t: string;
  readonly subject: string;
  readonly keySizeBits: number;
  readonly exportable: boolean;
  readonly contentType: CertificateContentType;
  readonly pkcs12Encryption: Pkcs12Encryption;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** What the key of the same name signs with. */
  readonly privateKey: KeyObject;
  /** The value of the secret of the same name. */
  readonly secretValue: string;
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** @throws Error when there is no certificate, the key is not RSA, or it belongs to another certificate. */
export function readCertificate(source: CertificateImport): CertificateFacts {
  const { contentType, exportable = true, pkcs12Encryption: encryption = "aes256" } = source;
  const certificatesPem = source.certificatePem.match(PEM_CERTIFICATE) ?? [];
  const [leafPem] = certificatesPem;
  if (leafPem === undefined) throw new Error("There is no PEM certificate to import.");
  const leaf = new X509Certificate(leafPem);
  const key = createPrivateKey(source.privateKeyPem);
  const keySizeBits = key.asymmetricKeyDetails?.modulusLength;
  if (key.asymmetricKeyType !== "rsa" || keySizeBits === undefined)
    throw new Error(`The local Key Vault imports RSA keys only, not ${key.asymmetricKeyType}.`);
  if (!leaf.checkPrivateKey(key)) throw new Error("The private key does not belong to the certificate.");

  const privateKeyPem = exportable ? key.export({ type: "pkcs8", format: "pem" }).toString() : undefined;
  return {
    der: leaf.raw,
    x5t: thumbprint(leaf.raw, "sha1"),
    subject: leaf.subject.replaceAll("\n", ", "),
    keySizeBits,
    exportable,
    contentType,
    pkcs12Encryption: encryption,
    notBeforeMs: leaf.validFromDate.getTime(),
    notAfterMs: leaf.validToDate.getTime(),
    privateKey: key,
    secretValue:
      contentType === "application/x-pkcs12"
        ? toPkcs12({ certificatesPem, privateKeyPem, encryption }).toString("base64")
        : (privateKeyPem ?? "") + certificatesPem.map((pem) => `${pem}\n`).join(""),
  };
}
