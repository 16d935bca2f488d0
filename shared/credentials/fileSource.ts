import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Secret, SecretBytes } from "../secret.ts";
import type { Certificate } from "./certificate.ts";
import { certificateFromPem, isPem } from "./certificate.ts";
import type { CertificateCredentialOptions } from "./clientAssertion.ts";
import { certificateCredential } from "./clientAssertion.ts";
import type { CredentialSource } from "./clientCredential.ts";
import { CredentialLoadError } from "./clientCredential.ts";
import { newestVersion } from "./credentialSlot.ts";

/** SourceType Path: a .pfx or .pem file on disk, which may be replaced while the app runs. For development. */
export function fileSource(path: string, password: Secret, options: CertificateCredentialOptions): CredentialSource {
  const file = { what: `The certificate file ${path}`, read: () => readFile(path), canChange: true };
  return certificateSource(file, password, options);
}

/** SourceType Base64Encoded: the same file's content in a setting. For development. */
export function base64Source(
  value: SecretBytes,
  password: Secret,
  options: CertificateCredentialOptions,
): CredentialSource {
  const file = { what: "Base64EncodedValue", read: async () => value.reveal(), canChange: false };
  return certificateSource(file, password, options);
}

interface CertificateFile {
  readonly what: string;
  readonly read: () => Promise<Buffer>;
  readonly canChange: boolean;
}

function certificateSource(
  { what, read, canChange }: CertificateFile,
  password: Secret,
  options: CertificateCredentialOptions,
): CredentialSource {
  const load = newestVersion(async () => {
    const content = await read();
    return {
      // Not the time of its last change: a file may be replaced by another within the same tick, or by itself.
      id: createHash("sha256").update(content).digest("hex"),
      credential: async () => certificateCredential(await readCertificate(content, password.reveal()), options),
      unchanged: () => content.fill(0),
    };
  });
  return {
    label: options.source,
    canChange,
    async load() {
      try {
        return await load();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new CredentialLoadError(`${options.source}: ${what} cannot be used: ${reason}.`, { cause: error });
      }
    },
  };
}

/**
 * Reads a certificate with its key from the content of a file or of a Key Vault secret: PEM, or else PKCS#12. The
 * content is wiped, whatever comes of it.
 * The PKCS#12 reader is loaded when one is met: most of its weight is not needed otherwise.
 */
export async function readCertificate(content: Buffer, password: string): Promise<Certificate> {
  try {
    if (isPem(content)) return certificateFromPem(content, password);
    const { certificateFromPkcs12 } = await import("./pkcs12.ts");
    return certificateFromPkcs12(content, password);
  } finally {
    content.fill(0);
  }
}
