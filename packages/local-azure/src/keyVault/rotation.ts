import type { CertificateImport } from "./certificateImport.ts";
import { makeSelfSignedCertificate } from "./selfSigned.ts";
import type { Store, StoredVersion } from "./store.ts";

const YEAR_MS = 365 * 86_400_000;
/** Clocks differ: a certificate that begins this very moment would be refused by a machine that is behind. */
const BACKDATED_MS = 60_000;

export interface RotationOptions {
  /** Validity, ms since the epoch; a minute ago to a year from now unless told. */
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
}

/** A new version of a certificate, and what is to be registered of it at Entra ID. */
export interface RotatedCertificate {
  readonly version: string;
  readonly certificatePem: string;
  /** Base64url, as in the JWS header parameters `x5t` and `x5t#S256`. */
  readonly thumbprintSha1: string;
  readonly thumbprintSha256: string;
}

/** What `prepare` made and nobody sees yet, until it is put into the vault. */
export interface PreparedCertificate extends Omit<RotatedCertificate, "version"> {
  readonly source: CertificateImport;
}

/**
 * A self-signed certificate to follow the newest version: its subject, key size, form and whether the key may leave the vault
 * stay, as the certificate's policy has it.
 * @throws KeyVaultError 404 when there is no such certificate.
 */
export async function prepareRotation(
  store: Store,
  name: string,
  nowMs: number,
  { notBeforeMs = nowMs - BACKDATED_MS, notAfterMs = nowMs + YEAR_MS }: RotationOptions = {},
): Promise<PreparedCertificate> {
  const facts = newest(store, name).certificate;
  if (facts === undefined) throw new Error(`${name} is no certificate.`);
  const { certificatePem, privateKeyPem, thumbprintSha1, thumbprintSha256 } = await makeSelfSignedCertificate({
    subject: facts.subject.replace(/^CN=/, ""),
    notBeforeMs,
    notAfterMs,
    bits: facts.keySizeBits,
  });
  const { contentType, exportable, pkcs12Encryption } = facts;
  return {
    certificatePem,
    thumbprintSha1,
    thumbprintSha256,
    source: { certificatePem, privateKeyPem, contentType, exportable, pkcs12Encryption },
  };
}

function newest(store: Store, name: string): StoredVersion {
  const version = store.versions("certificate", name).at(-1);
  // A name without any version is refused by `versions` itself.
  if (version === undefined) throw new Error(`${name} has no version.`);
  return version;
}
