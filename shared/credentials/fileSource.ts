import { readFile } from "node:fs/promises";
import type { Secret } from "../secret.ts";
import type { CertificateCredentialOptions } from "./clientAssertion.ts";
import { certificateCredential } from "./clientAssertion.ts";
import type { CredentialSource } from "./clientCredential.ts";
import { CredentialLoadError } from "./clientCredential.ts";
import { readCertificate } from "./readCertificate.ts";

/** SourceType Path: a .pfx or .pem file on disk. For development. */
export function fileSource(path: string, password: Secret, options: CertificateCredentialOptions): CredentialSource {
  return certificateSource(true, () => readFile(path), `The certificate file ${path}`, password, options);
}

/** SourceType Base64Encoded: the same file's content in a setting. For development. */
export function base64Source(value: Secret, password: Secret, options: CertificateCredentialOptions): CredentialSource {
  const read = async (): Promise<Buffer> => Buffer.from(value.reveal(), "base64");
  return certificateSource(false, read, "Base64EncodedValue", password, options);
}

function certificateSource(
  canChange: boolean,
  read: () => Promise<Buffer>,
  what: string,
  password: Secret,
  options: CertificateCredentialOptions,
): CredentialSource {
  return {
    label: options.source,
    canChange,
    async load() {
      try {
        return certificateCredential(await readCertificate(await read(), password.reveal()), options);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new CredentialLoadError(`${options.source}: ${what} cannot be used: ${reason}.`, { cause: error });
      }
    },
  };
}
