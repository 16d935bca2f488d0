import type { Clock } from "../clock.ts";
import type { AzureAdSettings, ClientCredentialSettings } from "../config/settings.ts";
import type { CredentialSource } from "./clientCredential.ts";
import { base64Source, fileSource } from "./fileSource.ts";
import { keyVaultSource } from "./keyVaultSource.ts";
import { managedIdentitySource } from "./managedIdentitySource.ts";
import { secretSource, vaultSecretSource } from "./secretSource.ts";
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
