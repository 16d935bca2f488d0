import type { LocalAzure } from "./azure.ts";
import { CERTIFICATES, SECRET } from "./azure.ts";

/**
 * How the function app proves itself to the local Entra ID: a secret in the settings or in the vault, a certificate from the
 * vault as PKCS#12 or PEM, a key that stays in the vault, or the managed identity.
 */
export const CREDENTIALS = ["secret", "vault-secret", "pfx", "pem", "vault-key", "managed-identity"] as const;
export type CredentialKind = (typeof CREDENTIALS)[number];

/** As whom the function app reads the vault: a service principal, as on a laptop, or its managed identity, as in Azure. */
export const IDENTITIES = ["service-principal", "managed-identity"] as const;
export type VaultIdentity = (typeof IDENTITIES)[number];

/** Whether clients call the functions themselves, or API Management does. */
export type Front = "direct" | "gateway";

/** The function app's settings for the local Azure: the same names as in Azure, and nothing that only works here. */
export function appSettings(
  azure: LocalAzure,
  credential: CredentialKind,
  front: Front = "direct",
  identity: VaultIdentity = "service-principal",
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
    ...prefixed("AzureAd__ClientCredentials__0__", credentialSettings(azure, credential, identity)),
    DownstreamApis__profile__BaseUrl: profile.url,
    DownstreamApis__profile__Scopes: seed.scopes.profile,
    DownstreamApis__ledger__BaseUrl: ledger.url,
    DownstreamApis__ledger__Scopes: seed.scopes.ledger,
    ...identitySettings(azure, credential, identity),
    NODE_EXTRA_CA_CERTS: azure.trustFile,
    languageWorkers__node__arguments: "--max-http-header-size=65536",
  };
}

/** Only API Management may call then: by its object id in the tenant, as for a managed identity. */
function gatewaySettings({ seed }: LocalAzure): Record<string, string> {
  const principal = seed.apiManagement.servicePrincipals.get(seed.tenant.id);
  if (principal === undefined) throw new Error("API Management has no service principal in the seeded tenant.");
  return {
    Gateway__Authentication: "entra",
    Gateway__AllowedPrincipals__0: principal,
    // API Management calls this one itself too (apimGateway.ts).
    Gateway__AuthorizationApis: "profile",
  };
}

/** What the environment says of who the app is: of the platform's making in Azure, of the developer's on a laptop. */
function identitySettings(
  { seed, entra, managedIdentity }: LocalAzure,
  credential: CredentialKind,
  identity: VaultIdentity,
): Record<string, string> {
  const servicePrincipal = {
    AZURE_TENANT_ID: seed.tenant.id,
    AZURE_CLIENT_ID: seed.vaultReader.clientId,
    AZURE_CLIENT_SECRET: seed.vaultReaderSecret,
    AZURE_AUTHORITY_HOST: entra.url,
  };
  return {
    ...(identity === "service-principal" ? servicePrincipal : {}),
    ...(identity === "managed-identity" || credential === "managed-identity" ? managedIdentity.settings : {}),
  };
}

function credentialSettings(
  { seed, keyVault }: LocalAzure,
  credential: CredentialKind,
  identity: VaultIdentity,
): Record<string, string> {
  const { clientId: ManagedIdentityClientId } = seed.managedIdentity;
  const vault = {
    KeyVaultUrl: keyVault.url,
    ...(identity === "managed-identity" ? { ManagedIdentityClientId } : {}),
  };
  switch (credential) {
    case "secret":
      return { SourceType: "ClientSecret", ClientSecret: seed.gatewaySecret };
    case "vault-secret":
      return { SourceType: "ClientSecret", ...vault, KeyVaultSecretName: SECRET };
    case "pfx":
    case "pem":
      return { SourceType: "KeyVault", ...vault, KeyVaultCertificateName: CERTIFICATES[credential] };
    case "vault-key":
      return { SourceType: "SignedAssertionFromVault", ...vault, KeyVaultCertificateName: CERTIFICATES.kept };
    case "managed-identity":
      return { SourceType: "SignedAssertionFromManagedIdentity", ManagedIdentityClientId };
  }
}

function prefixed(prefix: string, settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [prefix + name, value]));
}
