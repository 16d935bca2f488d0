import { applicationTokenClaims, signToken } from "./accessToken.ts";
import type { Context } from "./context.ts";
import type { Tenant } from "./directory.ts";
import { parseScopes } from "./scopes.ts";

/** An app-only token without a token request: how a managed identity gets one, from the endpoint of its host. */
export interface ApplicationTokenSpec {
  readonly tenant: Tenant;
  /** Object id of the service principal: `oid` and `sub`. */
  readonly principalOid: string;
  readonly clientId: string;
  /** Client id or app id URI. */
  readonly resource: string;
  /** As the directory's settings say, unless told. */
  readonly lifetimeMs?: number;
}

/** @throws Refusal 500011 when the tenant has no such resource. */
export async function issueApplicationToken(context: Context, spec: ApplicationTokenSpec): Promise<string> {
  const { tenant, principalOid, clientId } = spec;
  const { resource, identifier } = parseScopes(context.directory, tenant, `${spec.resource}/.default`);
  const roles = context.directory.roleAssignments
    .filter((assignment) => assignment.principalOid === principalOid && assignment.resourceId === resource.clientId)
    .map(({ role }) => role);
  // Whoever gets a token this way has proved itself with a certificate, which only its host ever sees.
  const subject = { tenantId: tenant.id, clientId, clientClass: "2", resource, identifier } as const;
  const claims = applicationTokenClaims(context, subject, principalOid, roles);
  const exp = spec.lifetimeMs === undefined ? {} : { exp: (claims.iat ?? 0) + Math.floor(spec.lifetimeMs / 1000) };
  return signToken(context, { ...claims, ...exp });
}
