import type { AppRegistration } from "@obo-gateway/local-azure/entra/directory.ts";
import type { LocalAzure } from "../../../../local/azure.ts";

/** The token of an app for the function app, as a managed identity gets one; API Management's unless told. */
export function gatewayToken(
  { entra, seed }: LocalAzure,
  { app = seed.apiManagement, resource = `api://${seed.gateway.clientId}` }: GatewayTokenOptions = {},
): Promise<string> {
  const principalOid = app.servicePrincipals.get(seed.tenant.id);
  if (principalOid === undefined) throw new Error(`${app.displayName} has no service principal in the tenant.`);
  return entra.issueApplicationToken({ tenant: seed.tenant, principalOid, clientId: app.clientId, resource });
}

export interface GatewayTokenOptions {
  readonly app?: AppRegistration;
  /** Client id or app id URI of whom the token is for. */
  readonly resource?: string;
}
