import type { LocalAzure } from "./azure.ts";
import { CERTIFICATES } from "./azure.ts";

/** How the function app proves itself to the local Entra ID. */
export type CredentialKind = "secret" | "pfx" | "pem";

/** Whether clients call the functions themselves, or API Management does. */
export type Front = "direct" | "gateway";

/** The function app's settings for the local Azure: the same names as in Azure, and nothing that only works here. */
export function appSettings(
  azure: LocalAzure,
  credential: CredentialKind,
  front: Front = "direct",
): Record<string, string> {
  const { seed, entra, profile, ledger } = azure;
  return {
    FUNCTIONS_WORKER_RUNTIME: "node",
    AzureAd__Instance: `${entra.url}/`,
    AzureAd__TenantId: seed.tenant.id,
    AzureAd__ClientId: seed.gateway.clientId,
    AzureAd__Scopes: "access_as_user",
    ...(front === "direct" ? {} : gatewaySettings(azure)),
    AzureAd__ClientCapabilities__0: "cp1",
    ...credentialSettings(azure, credential),
    DownstreamApis__profile__BaseUrl: profile.url,
    DownstreamApis__profile__Scopes: seed.scopes.profile,
    DownstreamApis__ledger__BaseUrl: ledger.url,
    DownstreamApis__ledger__Scopes: seed.scopes.ledger,
    // The service principal that reads the vault, where Azure has a managed identity.
    AZURE_TENANT_ID: seed.tenant.id,
    AZURE_CLIENT_ID: seed.vaultReader.clientId,
    AZURE_CLIENT_SECRET: seed.vaultReaderSecret,
    AZURE_AUTHORITY_HOST: entra.url,
    NODE_EXTRA_CA_CERTS: azure.trustFile,
    languageWorkers__node__arguments: "--max-http-header-size=65536",
  };
}

/** Only API Management may call then: by its object id in the tenant, as for a managed identity. */
function gatewaySettings({ seed }: LocalAzure): Record<string, string> {
  const principal = seed.apiManagement.servicePrincipals.get(seed.tenant.id);
  if (principal === undefined) throw new Error("API Management has no service principal in the seeded tenant.");
  return { Gateway__Authentication: "entra", Gateway__AllowedPrincipals__0: principal };
}

function credentialSettings({ seed, keyVault }: LocalAzure, credential: CredentialKind): Record<string, string> {
  const first = "AzureAd__ClientCredentials__0__";
  if (credential === "secret") {
    return { [`${first}SourceType`]: "ClientSecret", [`${first}ClientSecret`]: seed.gatewaySecret };
  }
  return {
    [`${first}SourceType`]: "KeyVault",
    [`${first}KeyVaultUrl`]: keyVault.url,
    [`${first}KeyVaultCertificateName`]: CERTIFICATES[credential],
  };
}
