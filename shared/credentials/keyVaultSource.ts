import type { KeyVaultCertificateSettings } from "../config/settings.ts";
import type { CertificateCredentialOptions } from "./clientAssertion.ts";
import { certificateCredential } from "./clientAssertion.ts";
import type { CredentialSource } from "./clientCredential.ts";
import { keyVaultSecret, keyVaultSecretVersions } from "./keyVaultSecret.ts";
import { readCertificate } from "./readCertificate.ts";
import type { VaultReaderOptions } from "./vaultAccess.ts";
import { vaultSource } from "./vaultSource.ts";

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
  const { source, now } = options;
  const secretOfIt = { keyVaultUrl, secretName: certificateName, managedIdentityClientId };
  return vaultSource({
    source,
    where: `certificate ${certificateName} in ${keyVaultUrl}`,
    use: "certificateWithKey",
    now,
    async get(id) {
      const { value, contentType, version } = await keyVaultSecret(secretOfIt, options, id);
      return {
        id: version,
        async credential() {
          const content = Buffer.from(value.reveal(), contentType === PKCS12 ? "base64" : "utf8");
          return certificateCredential(await readCertificate(content, NO_PASSWORD), options);
        },
      };
    },
    list: () => keyVaultSecretVersions(secretOfIt, options),
  });
}
