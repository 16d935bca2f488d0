import type { Clock } from "../clock.ts";
import type { AzureAdSettings, ClientCredentialSettings, KeyVaultSecretSettings } from "../config/settings.ts";
import type { Secret } from "../secret.ts";
import type { ClientCredential, CredentialListener, CredentialSource } from "./clientCredential.ts";
import type { CredentialSlot } from "./credentialSlot.ts";
import type { CredentialVersion } from "./credentialVersion.ts";
import { base64Source, fileSource } from "./fileSource.ts";
import type { VaultReaderOptions } from "./keyVault.ts";
import { keyVaultSecret, keyVaultSecretVersions } from "./keyVault.ts";
import { keyVaultSource, vaultSource } from "./keyVaultSource.ts";
import { managedIdentitySource } from "./managedIdentitySource.ts";
import { vaultSignedSource } from "./vaultSignedSource.ts";

export interface CredentialSourcesOptions {
  readonly now: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** One source for each entry of `AzureAd__ClientCredentials`, in order of preference. */
export function credentialSources(
  azureAd: AzureAdSettings,
  options: CredentialSourcesOptions,
): readonly CredentialSource[] {
  return azureAd.clientCredentials.map((settings, index) => {
    const source = `AzureAd__ClientCredentials__${index} (${settings.sourceType})`;
    return sourceOf(settings, source, azureAd, options);
  });
}

function sourceOf(
  settings: ClientCredentialSettings,
  source: string,
  { clientId, instance }: AzureAdSettings,
  { now, environment }: CredentialSourcesOptions,
): CredentialSource {
  const certificateOptions = ({ sendX5C }: { readonly sendX5C: boolean }) => ({ clientId, sendX5C, now, source });
  switch (settings.sourceType) {
    case "ClientSecret":
      return "clientSecret" in settings
        ? secretSource(settings.clientSecret, source)
        : vaultSecretSource(settings, { instance, environment, now, source });
    case "SignedAssertionFromManagedIdentity":
      return managedIdentitySource(settings, { instance, environment, now, source });
    case "KeyVault":
      return keyVaultSource(settings, { ...certificateOptions(settings), instance, environment });
    case "SignedAssertionFromVault":
      return vaultSignedSource(settings, { ...certificateOptions(settings), instance, environment });
    case "Path":
      return fileSource(settings.path, settings.password, certificateOptions(settings));
    case "Base64Encoded":
      return base64Source(settings.value, settings.password, certificateOptions(settings));
  }
}

/** Which version calls use now, for the log and the readiness report. */
export class CredentialSelection {
  readonly #listener: CredentialListener;
  #current: CredentialVersion | undefined;

  constructor(listener: CredentialListener) {
    this.#listener = listener;
  }

  get current(): CredentialVersion | undefined {
    return this.#current;
  }

  /** To be called whenever something may have changed. */
  update(slots: readonly CredentialSlot[]): void {
    const versions = slots.flatMap((slot) => slot.versions);
    const selected = versions.find(({ works }) => works) ?? versions.find(({ untried }) => untried);
    const before = this.#current;
    if (selected === undefined || selected === before) return;
    this.#current = selected;
    this.#listener.selected(selected.credential, whySelected(before));
  }

  /** Nothing works any more. */
  clear(): void {
    this.#current = undefined;
  }
}

function whySelected(before: CredentialVersion | undefined): string {
  if (before === undefined) return "It is the first in the order of preference that can be used.";
  if (before.works) return "It is preferred, and Entra ID accepted it.";
  return before.untried ? "It is newer." : before.reason;
}

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
