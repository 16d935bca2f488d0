import * as z from "zod/mini";
import { clientCredentialSchema } from "./clientCredentialSchema.ts";
import { IGNORED_NAMES } from "./names.ts";
import type { AzureAdSettings, ClientCredentialSettings } from "./settings.ts";
import { byIndex, guid, isGuid, list, one, seconds, setting, text, url } from "./values.ts";

const PUBLIC_INSTANCE = "https://login.microsoftonline.com/";
const REQUEST_TIMEOUT_MS = 10_000;
const CREDENTIAL_POLL_MS = 3_600_000;
const DAY_S = 86_400;
const SEVERAL_TENANTS = ["organizations", "common"];

const ignored = Object.fromEntries(IGNORED_NAMES.map((name) => [name, z.optional(z.unknown())]));

const audience = text("an audience: the app's client id or its app id URI");

/** The `AzureAd` section: names and meaning as in Microsoft.Identity.Web. */
export const azureAdSchema = z.pipe(
  z
    .strictObject({
      ...ignored,
      Instance: z.prefault(url("the sign-in endpoint, like https://login.microsoftonline.com/"), PUBLIC_INSTANCE),
      TenantId: setting("the tenant's id (GUID), or organizations for users of several tenants", (value) =>
        isGuid(value) || SEVERAL_TENANTS.includes(value.toLowerCase()) ? value.toLowerCase() : undefined,
      ),
      ClientId: guid("the client id (GUID) of the gateway's app registration"),
      Audience: z.optional(one(audience)),
      Audiences: z.optional(list(audience)),
      Scopes: z._default(list(text("a scope's name, like access_as_user")), []),
      AllowedTenants: z._default(list(guid("a tenant's id (GUID)")), []),
      AllowedClientApplications: z._default(list(guid("a client app's id (GUID)")), []),
      ClientCapabilities: z._default(list(text("a client capability, like cp1")), []),
      ClientCredentials: z.pipe(
        z.transform(byIndex),
        z
          .array(clientCredentialSchema, {
            error: "at least AzureAd__ClientCredentials__0__SourceType, and numbers without a gap",
          })
          .check(z.minLength(1)),
      ),
      CredentialPollSeconds: z._default(seconds(1, DAY_S), CREDENTIAL_POLL_MS),
      RequestTimeoutSeconds: z._default(seconds(0.1, 60), REQUEST_TIMEOUT_MS),
    })
    .check(
      z.refine(({ TenantId, AllowedTenants }) => !isGuid(TenantId ?? "") || (AllowedTenants ?? []).length === 0, {
        path: ["AllowedTenants"],
        error: "nothing while AzureAd__TenantId names a single tenant; set that to organizations to list several",
        // Also beside other mistakes: all of them are listed at once.
        when: () => true,
      }),
      z.check(sameCloud),
    ),
  z.transform(
    (from): AzureAdSettings => ({
      instance: from.Instance.href.replace(/\/+$/, ""),
      tenantId: from.TenantId,
      clientId: from.ClientId,
      audiences: audiences(from.ClientId, [
        ...(from.Audiences ?? []),
        ...(from.Audience === undefined ? [] : [from.Audience]),
      ]),
      scopes: from.Scopes,
      allowedTenants: from.AllowedTenants,
      allowedClientApplications: from.AllowedClientApplications,
      clientCapabilities: from.ClientCapabilities,
      clientCredentials: from.ClientCredentials,
      credentialPollMs: from.CredentialPollSeconds,
      requestTimeoutMs: from.RequestTimeoutSeconds,
    }),
  ),
);

// Identities and tokens of one of Microsoft's clouds are unknown in the others.
function sameCloud({ value, issues }: z.core.ParsePayload<CloudsOf>): void {
  const cloud = cloudOfInstance(value.Instance.href);
  for (const [index, credential] of value.ClientCredentials.entries()) {
    const vault = "keyVaultUrl" in credential ? credential.keyVaultUrl : undefined;
    const vaultCloud = vault === undefined ? undefined : cloudOfVault(vault);
    if (cloud === undefined || vaultCloud === undefined || cloud === vaultCloud) continue;
    issues.push({
      code: "custom",
      input: vault,
      path: ["ClientCredentials", index, "KeyVaultUrl"],
      message: `a vault of ${cloud.name}, where AzureAd__Instance is; this one is of ${vaultCloud.name}`,
    });
  }
}

interface CloudsOf {
  readonly Instance: URL;
  readonly ClientCredentials: readonly ClientCredentialSettings[];
}

// As Microsoft.Identity.Web: with nothing named, the client id (v2.0 tokens) and the default app id URI (v1.0 tokens).
function audiences(clientId: string, named: readonly string[]): readonly string[] {
  return named.length > 0 ? [...new Set(named)] : [clientId, `api://${clientId}`];
}

/** One of Microsoft's clouds: they share protocols and nothing else. */
export interface Cloud {
  readonly name: string;
  /** Hosts of its sign-in endpoint; the first is today's, the others are older names of it. */
  readonly signInHosts: readonly [string, ...string[]];
  /** What follows a vault's name in its host. */
  readonly vaultSuffix: string;
  /** What a token for Key Vault is for. */
  readonly vaultResource: string;
  /** What a managed identity's token is for when it serves as a client assertion. */
  readonly tokenExchangeUrl: string;
}

/** Microsoft: "National clouds", "Azure Key Vault DNS suffixes", "Configure an application to trust a managed identity". */
const CLOUDS: readonly [Cloud, ...Cloud[]] = [
  {
    name: "the public cloud",
    signInHosts: ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com"],
    vaultSuffix: ".vault.azure.net",
    vaultResource: "https://vault.azure.net",
    tokenExchangeUrl: "api://AzureADTokenExchange",
  },
  {
    name: "US Government",
    signInHosts: ["login.microsoftonline.us"],
    vaultSuffix: ".vault.usgovcloudapi.net",
    vaultResource: "https://vault.usgovcloudapi.net",
    tokenExchangeUrl: "api://AzureADTokenExchangeUSGov",
  },
  {
    name: "China",
    signInHosts: ["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
    vaultSuffix: ".vault.azure.cn",
    vaultResource: "https://vault.azure.cn",
    tokenExchangeUrl: "api://AzureADTokenExchangeChina",
  },
];

/** What an address that is no Microsoft cloud's (a stand-in that the settings name) is taken for. */
export const PUBLIC_CLOUD = CLOUDS[0];

/** The cloud whose sign-in endpoint this is; undefined for an address of nobody we know. */
export function cloudOfInstance(instance: string): Cloud | undefined {
  const { hostname } = new URL(instance);
  return CLOUDS.find(({ signInHosts }) => signInHosts.includes(hostname));
}

/** The cloud whose vault this is; undefined for an address of nobody we know. */
export function cloudOfVault(keyVaultUrl: string): Cloud | undefined {
  const { hostname } = new URL(keyVaultUrl);
  return CLOUDS.find(({ vaultSuffix }) => hostname.endsWith(vaultSuffix));
}
