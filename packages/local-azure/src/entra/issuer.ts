/** The issuer of the tokens of a tenant. Source: learn.microsoft.com/entra/identity-platform/access-token-claims-reference (`iss`). */
export function issuerOf(url: string, tenantId: string, version: 1 | 2): string {
  return version === 2 ? `${url}/${tenantId}/v2.0` : `https://sts.windows.net/${tenantId}/`;
}
