import type { Clock } from "../clock.ts";
import type { AzureAdSettings, ClientCredentialSettings } from "../config/settings.ts";
import type { CredentialSource } from "./clientCredential.ts";
import { base64Source, fileSource } from "./fileSource.ts";
import { keyVaultSource } from "./keyVaultSource.ts";
import { secretSource } from "./secretSource.ts";

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
  if (settings.sourceType === "ClientSecret") return secretSource(settings.clientSecret, source);
  const options = { clientId, sendX5C: settings.sendX5C, now, source };
  switch (settings.sourceType) {
    case "KeyVault":
      return keyVaultSource(settings, { ...options, instance, environment });
    case "Path":
      return fileSource(settings.path, settings.password, options);
    case "Base64Encoded":
      return base64Source(settings.value, settings.password, options);
  }
}
