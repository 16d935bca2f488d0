import { userTokenClaims } from "../accessToken.ts";
import { tenantOfAssertion, verifyAssertion } from "../assertion.ts";
import { requireCredential } from "../clientAuthentication.ts";
import { authenticationClass } from "../clientProof.ts";
import { enforceConditionalAccess } from "../conditionalAccess.ts";
import { grantedScopes } from "../consent.ts";
import type { Context } from "../context.ts";
import type { Tenant } from "../directory.ts";
import { Refusal } from "../errors.ts";
import { findTenant } from "../lookup.ts";
import { invalidAssertion } from "../ownToken.ts";
import { requireServicePrincipal } from "../realm.ts";
import { parseScopes } from "../scopes.ts";
import { userTokenResponse } from "../tokenResponse.ts";
import { enforceFreshness } from "./freshness.ts";
import type { Grant, GrantRequest } from "./grant.ts";

/** Token A for token B: learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow. */
export const onBehalfOf: Grant = async (context, request) => {
  const { form, client, proof, claims } = request;
  if (form.require("requested_token_use") !== "on_behalf_of")
    throw new Refusal(90100, "requested_token_use parameter is empty or not valid.");
  requireCredential(proof);
  const assertion = form.require("assertion");
  const tenant = tenantOf(context, request, assertion);
  requireServicePrincipal(client, tenant);
  const { user, signIn, issuedAtMs } = await verifyAssertion(context, tenant, client, assertion);
  const asked = parseScopes(context.directory, tenant, form.require("scope"));
  const scopes = grantedScopes(context.directory, client, user, asked);
  enforceConditionalAccess(context.directory, user, asked.resource, signIn);
  enforceFreshness(context, claims, issuedAtMs);
  const token = userTokenClaims(
    context,
    {
      tenantId: tenant.id,
      clientId: client.clientId,
      clientClass: authenticationClass(proof),
      resource: asked.resource,
      identifier: asked.identifier,
    },
    user,
    scopes,
    signIn,
    claims.clientCapabilities,
  );
  return userTokenResponse(context, form, user, asked, scopes, token);
};

/** At `common` and `organizations`, the tenant is the one that issued the assertion. */
function tenantOf({ directory }: Context, { realm }: GrantRequest, assertion: string): Tenant {
  if (typeof realm !== "string") return realm;
  const tenant = findTenant(directory, tenantOfAssertion(assertion) ?? "");
  if (tenant === undefined) throw invalidAssertion("The issuer is not known");
  return tenant;
}
