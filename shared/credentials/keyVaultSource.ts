import type { KeyVaultCertificateSettings } from "../config/settings.ts";
import type { CertificateCredentialOptions } from "./clientAssertion.ts";
import { certificateCredential } from "./clientAssertion.ts";
import type { CredentialSource } from "./clientCredential.ts";
import { CredentialLoadError } from "./clientCredential.ts";
import type { VaultReaderOptions } from "./keyVaultSecret.ts";
import { keyVaultSecret, vaultFailure } from "./keyVaultSecret.ts";
import { readCertificate } from "./readCertificate.ts";

const PKCS12 = "application/x-pkcs12";
const NO_PASSWORD = "";

export interface KeyVaultSourceOptions extends CertificateCredentialOptions, VaultReaderOptions {}

/**
 * SourceType KeyVault: a certificate with exportable key. Key Vault gives key and certificate under the secret of the
 * certificate's name ("About Azure Key Vault certificates: composition of a certificate").
 */
export function keyVaultSource(
  { keyVaultUrl, certificateName, managedIdentityClientId }: KeyVaultCertificateSettings,
  options: KeyVaultSourceOptions,
): CredentialSource {
  const where = `certificate ${certificateName} in ${keyVaultUrl}`;
  return {
    label: options.source,
    canChange: true,
    async load() {
      try {
        const secretOfIt = { keyVaultUrl, secretName: certificateName, managedIdentityClientId };
        const { value, contentType } = await keyVaultSecret(secretOfIt, options);
        const content = Buffer.from(value.reveal(), contentType === PKCS12 ? "base64" : "utf8");
        return certificateCredential(await readCertificate(content, NO_PASSWORD), options);
      } catch (error) {
        const reason = vaultFailure(error, "certificate");
        throw new CredentialLoadError(`${options.source}: ${where} cannot be used: ${reason}`, { cause: error });
      }
    },
  };
}
