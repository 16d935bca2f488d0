import { userTokenClaims } from "../accessToken.ts";
import { authenticationClass } from "../clientProof.ts";
import { enforceConditionalAccess, type SignIn } from "../conditionalAccess.ts";
import { grantedScopes } from "../consent.ts";
import type { Context } from "../context.ts";
import type { Tenant, User } from "../directory.ts";
import { parseScopes } from "../scopes.ts";
import { userTokenResponse } from "../tokenResponse.ts";
import { enforceFreshness } from "./freshness.ts";
import type { GrantRequest } from "./grant.ts";

/** Who the token is for, as a grant has found out. */
export interface KnownUser {
  readonly tenant: Tenant;
  readonly user: User;
  readonly signIn: SignIn;
  /** When the assertion was issued; without one the user is signing in now. Milliseconds since the epoch. */
  readonly assertionIssuedAtMs?: number;
}

/** The answer for a known user and client: what is left are the scopes, consent and the tenant's policies. */
export async function answerUserToken(
  context: Context,
  { form, client, proof, claims }: GrantRequest,
  { tenant, user, signIn, assertionIssuedAtMs }: KnownUser,
): Promise<object> {
  const asked = parseScopes(context.directory, tenant, form.require("scope"));
  const scopes = grantedScopes(context.directory, client, user, asked);
  enforceConditionalAccess(context.directory, user, asked.resource, signIn);
  if (assertionIssuedAtMs !== undefined) enforceFreshness(context, claims, assertionIssuedAtMs);
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
}
