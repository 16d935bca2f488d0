import type { AzureAdSettings } from "../config/settings.ts";
import type { HttpClient } from "../net/httpClient.ts";

/** v1.0 tokens name another issuer than v2.0 ones (Microsoft, "Access tokens": iss). China has its own. */
const V1_ISSUER = "https://sts.windows.net";
const V1_ISSUER_CHINA = "https://sts.chinacloudapi.cn";
const INSTANCE_CHINA = "https://login.partner.microsoftonline.cn";

/** Who may have issued a token of this tenant: v2.0 and v1.0 form. */
export function issuersOf(instance: string, tenantId: string): readonly [v2: string, v1: string] {
  const v1 = instance === INSTANCE_CHINA ? V1_ISSUER_CHINA : V1_ISSUER;
  return [`${instance}/${tenantId}/v2.0`, `${v1}/${tenantId}/`];
}

/** Whether the app admits users of several tenants. */
export function isMultiTenant({ tenantId }: Pick<AzureAdSettings, "tenantId">): boolean {
  return tenantId === "organizations" || tenantId === "common";
}

export function keysUrl(instance: string, tenant: string): string {
  return `${instance}/${tenant}/discovery/v2.0/keys`;
}

export function metadataUrl(instance: string, tenant: string): string {
  return `${instance}/${tenant}/v2.0/.well-known/openid-configuration`;
}

export function tokenUrl(instance: string, tenant: string): string {
  return `${instance}/${tenant}/oauth2/v2.0/token`;
}

/**
 * Resolves when the authority's OpenID metadata can be read.
 * @throws Error when it cannot, or is of another kind.
 */
export async function probeMetadata({ instance, tenantId }: AzureAdSettings, http: HttpClient): Promise<void> {
  const { status, body } = await http({ method: "GET", url: metadataUrl(instance, tenantId) });
  const metadata: unknown = status === 200 ? JSON.parse(body) : undefined;
  if (typeof metadata !== "object" || metadata === null || !("token_endpoint" in metadata)) {
    throw new Error(`the authority answered HTTP ${status} without metadata`);
  }
}
