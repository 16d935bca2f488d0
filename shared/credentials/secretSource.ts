import type { KeyVaultSecretSettings } from "../config/settings.ts";
import type { Secret } from "../secret.ts";
import type { ClientCredential, CredentialSource } from "./clientCredential.ts";
import { CredentialLoadError } from "./clientCredential.ts";
import { keyVaultSecret } from "./keyVaultSecret.ts";
import { newestVersion } from "./newestVersion.ts";
import type { VaultReaderOptions } from "./vaultAccess.ts";
import { vaultFailure } from "./vaultAccess.ts";

/** SourceType ClientSecret: the secret stands in the settings (in Azure as a Key Vault reference). */
export function secretSource(secret: Secret, label: string): CredentialSource {
  const credential: ClientCredential = { label, expiresOnMs: undefined, proof: { kind: "secret", secret } };
  return { label, canChange: false, load: async () => credential };
}

export interface VaultSecretSourceOptions extends VaultReaderOptions {
  /** Names the source in logs. */
  readonly source: string;
}

/** SourceType ClientSecret with KeyVaultSecretName: the secret is read from Key Vault, each newer version too. */
export function vaultSecretSource(
  settings: KeyVaultSecretSettings,
  options: VaultSecretSourceOptions,
): CredentialSource {
  const { source } = options;
  const { secretName, keyVaultUrl } = settings;
  const load = newestVersion(async () => {
    const { value, version, expiresOnMs } = await keyVaultSecret(settings, options);
    return {
      id: version,
      credential: () => {
        const label = `${source} secret ${secretName} version ${version}`;
        return { label, expiresOnMs, proof: { kind: "secret", secret: value } };
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
        const reason = vaultFailure(error, "secret");
        const where = `secret ${secretName} in ${keyVaultUrl}`;
        throw new CredentialLoadError(`${source}: ${where} cannot be used: ${reason}`, { cause: error });
      }
    },
  };
}
