import { tenantOfAssertion, verifyAssertion } from "../assertion.ts";
import { requireCredential } from "../clientAuthentication.ts";
import type { Context } from "../context.ts";
import type { Tenant } from "../directory.ts";
import { Refusal } from "../errors.ts";
import { findTenant } from "../lookup.ts";
import { invalidAssertion } from "../ownToken.ts";
import { requireServicePrincipal } from "../realm.ts";
import { answerUserToken } from "./answerUserToken.ts";
import type { Grant, GrantRequest } from "./grant.ts";

/** Token A for token B: learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow. */
export const onBehalfOf: Grant = async (context, request) => {
  const { form, client, proof } = request;
  if (form.require("requested_token_use") !== "on_behalf_of")
    throw new Refusal(90100, "requested_token_use parameter is empty or not valid.");
  requireCredential(proof);
  const assertion = form.require("assertion");
  const tenant = tenantOf(context, request, assertion);
  requireServicePrincipal(client, tenant);
  const { user, signIn, issuedAtMs } = await verifyAssertion(context, tenant, client, assertion);
  return answerUserToken(context, request, { tenant, user, signIn, assertionIssuedAtMs: issuedAtMs });
};

/** At `common` and `organizations`, the tenant is the one that issued the assertion. */
function tenantOf({ directory }: Context, { realm }: GrantRequest, assertion: string): Tenant {
  if (typeof realm !== "string") return realm;
  const tenant = findTenant(directory, tenantOfAssertion(assertion) ?? "");
  if (tenant === undefined) throw invalidAssertion("The issuer is not known");
  return tenant;
}
