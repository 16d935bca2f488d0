import type { LocalDownstream } from "@obo-gateway/local-azure/downstream/downstream.ts";
import { startDownstream } from "@obo-gateway/local-azure/downstream/downstream.ts";
import { consent, registerApp } from "@obo-gateway/local-azure/entra/registration.ts";
import type { LocalAzure } from "../../local/azure.ts";

export interface ApiUnderSoak {
  readonly name: string;
  readonly server: LocalDownstream;
  readonly scope: string;
  /** The `aud` of its tokens B. */
  readonly audience: string;
}

const MORE_APIS = ["orders", "files"];

/** The two downstream APIs that the local Azure has, and two more: each with tokens of its own. */
export async function startApis(azure: LocalAzure, keepAliveMs: number): Promise<readonly ApiUnderSoak[]> {
  const { seed, profile, ledger } = azure;
  const more: ApiUnderSoak[] = [];
  for (const name of MORE_APIS) more.push(await startApi(azure, name, keepAliveMs));
  // In the seed each user consents for themselves.
  consent(seed.directory, seed.gateway, seed.profile, ["Profile.Read"]);
  return [
    { name: "profile", server: profile, scope: seed.scopes.profile, audience: seed.profile.clientId },
    { name: "ledger", server: ledger, scope: seed.scopes.ledger, audience: seed.ledger.clientId },
    ...more,
  ];
}

async function startApi(
  { seed, entra, authority }: LocalAzure,
  name: string,
  keepAliveMs: number,
): Promise<ApiUnderSoak> {
  const { directory, tenant, gateway } = seed;
  const requiredScope = "Read";
  const app = registerApp(directory, { tenantId: tenant.id, displayName: name, exposedScopes: [requiredScope] });
  consent(directory, gateway, app, [requiredScope]);
  const server = await startDownstream({
    tls: await authority.issue(),
    entraUrl: entra.url,
    tenantId: tenant.id,
    trustedCa: authority.certificatePem,
    clientId: app.clientId,
    audience: [app.clientId, ...app.appIdUris],
    requiredScope,
    keepAliveMs,
  });
  return { name, server, scope: `api://${app.clientId}/${requiredScope}`, audience: app.clientId };
}
