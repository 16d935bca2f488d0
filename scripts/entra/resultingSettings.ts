import type { Secret } from "../../shared/secret.ts";
import type { Cloud } from "./clouds.ts";
import { PUBLIC_TOKEN_EXCHANGE } from "./clouds.ts";
import type { ResolvedApplicationApi, ResolvedDownstream } from "./downstreamApis.ts";
import type { ServicePrincipal } from "./graphObjects.ts";
import type { CredentialOption } from "./options.ts";
import { GATEWAY_SCOPE } from "./plan/exposedApi.ts";

const FIRST_CREDENTIAL = "AzureAd__ClientCredentials__0";
const GRAPH_CLIENT_ID = "00000003-0000-0000-c000-000000000000";

/** App settings that follow from the registration. */
export interface ResultingSettings {
  readonly settings: Readonly<Record<string, string | Secret>>;
  /** Settings that the gateway needs beside these, and that the registration does not tell. */
  readonly toFillIn: readonly string[];
}

export interface Registration {
  readonly cloud: Cloud;
  readonly tenantId: string;
  /** Undefined while it is not registered. */
  readonly appId: string | undefined;
  readonly multiTenant: boolean;
  readonly downstreamApis: readonly ResolvedDownstream[];
  readonly applicationApis: readonly ResolvedApplicationApi[];
  readonly credential: CredentialOption | undefined;
  readonly identity: ServicePrincipal | undefined;
  /** One made just now. */
  readonly clientSecret: Secret | undefined;
}

export function resultingSettings(registration: Registration): ResultingSettings {
  const { cloud, tenantId, appId, multiTenant, downstreamApis, applicationApis } = registration;
  const settings: Record<string, string | Secret> = {
    AzureAd__Instance: `${cloud.authority}/`,
    AzureAd__TenantId: multiTenant ? "organizations" : tenantId,
    ...(appId === undefined ? {} : { AzureAd__ClientId: appId }),
    AzureAd__Scopes: GATEWAY_SCOPE,
  };
  const toFillIn: string[] = [];
  addCredential(registration, settings, toFillIn);
  for (const { name, servicePrincipal } of [...downstreamApis, ...applicationApis]) {
    const baseUrl = `DownstreamApis__${name}__BaseUrl`;
    if (servicePrincipal.appId === GRAPH_CLIENT_ID) settings[baseUrl] = `${cloud.graphUrl}/v1.0`;
    else toFillIn.push(baseUrl);
  }
  for (const { name, resource, scopes, scopesByPrefix } of downstreamApis) {
    const section = `DownstreamApis__${name}`;
    const asked = (of: typeof scopes) => of.map(({ value }) => `${resource}/${value}`).join(" ");
    settings[`${section}__Scopes`] = asked(scopes);
    for (const [index, each] of scopesByPrefix.entries()) {
      settings[`${section}__ScopesByPrefix__${index}__Prefix`] = each.prefix;
      settings[`${section}__ScopesByPrefix__${index}__Scopes`] = asked(each.scopes);
    }
  }
  for (const { name, resource } of applicationApis) {
    settings[`DownstreamApis__${name}__RequestAppToken`] = "true";
    // All that was consented to: an app cannot ask for less (OAuth 2.0 client credentials at Entra ID).
    settings[`DownstreamApis__${name}__Scopes`] = `${resource}/.default`;
  }
  return { settings, toFillIn };
}

function addCredential(
  { credential, identity, clientSecret, cloud }: Registration,
  settings: Record<string, string | Secret>,
  toFillIn: string[],
): void {
  if (credential === undefined) {
    toFillIn.push(`${FIRST_CREDENTIAL}__SourceType`);
    return;
  }
  if (credential.kind === "certificate") {
    settings[`${FIRST_CREDENTIAL}__SourceType`] = "KeyVault";
    toFillIn.push(`${FIRST_CREDENTIAL}__KeyVaultUrl`, `${FIRST_CREDENTIAL}__KeyVaultCertificateName`);
    return;
  }
  if (credential.kind === "secret") {
    settings[`${FIRST_CREDENTIAL}__SourceType`] = "ClientSecret";
    if (clientSecret === undefined) toFillIn.push(`${FIRST_CREDENTIAL}__ClientSecret`);
    else settings[`${FIRST_CREDENTIAL}__ClientSecret`] = clientSecret;
    return;
  }
  settings[`${FIRST_CREDENTIAL}__SourceType`] = "SignedAssertionFromManagedIdentity";
  if (identity !== undefined) settings[`${FIRST_CREDENTIAL}__ManagedIdentityClientId`] = identity.appId;
  if (cloud.tokenExchangeAudience !== PUBLIC_TOKEN_EXCHANGE) {
    settings[`${FIRST_CREDENTIAL}__TokenExchangeUrl`] = cloud.tokenExchangeAudience;
  }
}
