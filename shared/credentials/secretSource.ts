import type { Clock } from "../clock.ts";
import type { KeyVaultSecretSettings } from "../config/settings.ts";
import type { Secret } from "../secret.ts";
import type { ClientCredential, CredentialSource } from "./clientCredential.ts";
import { keyVaultSecret, keyVaultSecretVersions } from "./keyVaultSecret.ts";
import type { VaultReaderOptions } from "./vaultAccess.ts";
import { vaultSource } from "./vaultSource.ts";

/** SourceType ClientSecret: the secret stands in the settings (in Azure as a Key Vault reference). */
export function secretSource(secret: Secret, label: string): CredentialSource {
  const credential: ClientCredential = { label, expiresOnMs: undefined, proof: { kind: "secret", secret } };
  return { label, canChange: false, load: async () => credential };
}

export interface VaultSecretSourceOptions extends VaultReaderOptions {
  /** Names the source in logs. */
  readonly source: string;
  readonly now: Clock;
}

/** SourceType ClientSecret with KeyVaultSecretName: the secret is read from Key Vault, each newer version too. */
export function vaultSecretSource(
  settings: KeyVaultSecretSettings,
  options: VaultSecretSourceOptions,
): CredentialSource {
  const { source, now } = options;
  const { secretName, keyVaultUrl } = settings;
  return vaultSource({
    source,
    where: `secret ${secretName} in ${keyVaultUrl}`,
    use: "secret",
    now,
    async get(id) {
      const { value, version, expiresOnMs } = await keyVaultSecret(settings, options, id);
      return {
        id: version,
        credential: () => {
          const label = `${source} secret ${secretName} version ${version}`;
          return { label, expiresOnMs, proof: { kind: "secret", secret: value } };
        },
      };
    },
    list: () => keyVaultSecretVersions(settings, options),
  });
}
