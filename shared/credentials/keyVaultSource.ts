import type { KeyVaultCertificateSettings } from "../config/settings.ts";
import type { CertificateCredentialOptions } from "./clientAssertion.ts";
import { certificateCredential } from "./clientAssertion.ts";
import type { CredentialSource } from "./clientCredential.ts";
import { CredentialLoadError } from "./clientCredential.ts";
import { keyVaultSecret } from "./keyVaultSecret.ts";
import { newestVersion } from "./newestVersion.ts";
import { readCertificate } from "./readCertificate.ts";
import type { VaultReaderOptions } from "./vaultAccess.ts";
import { vaultFailure } from "./vaultAccess.ts";

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
  const { source } = options;
  const load = newestVersion(async () => {
    const secretOfIt = { keyVaultUrl, secretName: certificateName, managedIdentityClientId };
    const { value, contentType, version } = await keyVaultSecret(secretOfIt, options);
    return {
      id: version,
      async credential() {
        const content = Buffer.from(value.reveal(), contentType === PKCS12 ? "base64" : "utf8");
        return certificateCredential(await readCertificate(content, NO_PASSWORD), options);
      },
    };
  });
  return {
    label: source,
    canChange: true,
    async load() {
      try {
        return await load();
      } catch (error) {
        const reason = vaultFailure(error, "certificateWithKey");
        const where = `certificate ${certificateName} in ${keyVaultUrl}`;
        throw new CredentialLoadError(`${source}: ${where} cannot be used: ${reason}`, { cause: error });
      }
    },
  };
}
