import { applicationTokenClaims } from "../accessToken.ts";
import { requireCredential } from "../clientAuthentication.ts";
import { authenticationClass } from "../clientProof.ts";
import { Refusal } from "../errors.ts";
import { parseScopes } from "../scopes.ts";
import { applicationTokenResponse } from "../tokenResponse.ts";
import type { Grant } from "./grant.ts";

/** An app's own token: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow. */
export const clientCredentials: Grant = async (context, { realm, form, client, proof }) => {
  requireCredential(proof);
  if (typeof realm === "string")
    throw new Refusal(
      50059,
      "No tenant-identifying information found in either the request or implied by any provided credentials.",
    );
  const scope = form.require("scope");
  const asked = scope.endsWith("/.default") ? parseScopes(context.directory, realm, scope) : undefined;
  if (asked?.names !== ".default")
    throw new Refusal(
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  const oid = client.servicePrincipals.get(realm.id) ?? "";
  const roles = context.directory.roleAssignments
    .filter(({ principalOid, resourceId }) => principalOid === oid && resourceId === asked.resource.clientId)
    .map(({ role }) => role);
  const claims = applicationTokenClaims(
    context,
    {
      tenantId: realm.id,
      clientId: client.clientId,
      clientClass: authenticationClass(proof),
      resource: asked.resource,
      identifier: asked.identifier,
    },
    oid,
    roles,
  );
  return applicationTokenResponse(context, claims);
};
