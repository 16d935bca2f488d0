import { disabledUser, unknownUser } from "../assertion.ts";
import type { ClaimsRequest } from "../claimsRequest.ts";
import { equalInConstantTime } from "../clientAuthentication.ts";
import type { SignIn } from "../conditionalAccess.ts";
import type { Context } from "../context.ts";
import type { Tenant, User } from "../directory.ts";
import { Refusal } from "../errors.ts";
import { findTenant } from "../lookup.ts";
import { requireServicePrincipal } from "../realm.ts";
import { answerUserToken } from "./answerUserToken.ts";
import type { Grant, GrantRequest } from "./grant.ts";

/**
 * A user's name and password: how a script gets token A without a browser.
 * Source: learn.microsoft.com/entra/identity-platform/v2-oauth-ropc. One deviation, for the same reason: `claims` that ask for
 * a step-up count as the step-up done; Entra ID would insist on a browser.
 */
export const password: Grant = async (context, request) => {
  const { form, client, claims } = request;
  const username = form.require("username");
  const tenant = tenantOf(context, request, username);
  requireServicePrincipal(client, tenant);
  const user = checkPassword(context, tenant, username, form.require("password"));
  return answerUserToken(context, request, { tenant, user, signIn: signInOf(claims) });
};

/** How a user has signed in who did what a claims request asks for. */
export function signInOf({ policyIds, authenticationContexts }: ClaimsRequest): SignIn {
  const steppedUp = policyIds.length > 0 || authenticationContexts.length > 0;
  return { methods: steppedUp ? ["pwd", "mfa"] : ["pwd"], contexts: authenticationContexts };
}

function tenantOf({ directory }: Context, { realm }: GrantRequest, username: string): Tenant {
  if (typeof realm !== "string") return realm;
  const tenant = findTenant(directory, username.split("@")[1] ?? "");
  if (realm === "organizations" && tenant !== undefined) return tenant;
  throw new Refusal(
    50059,
    "No tenant-identifying information found in either the request or implied by any provided credentials.",
  );
}

function checkPassword({ directory }: Context, tenant: Tenant, username: string, presented: string): User {
  const user = directory.users.find(
    ({ tenantId, userPrincipalName }) =>
      tenantId === tenant.id && userPrincipalName.toLowerCase() === username.toLowerCase(),
  );
  if (user === undefined) throw unknownUser(username, tenant);
  if (!equalInConstantTime(user.password, presented))
    throw new Refusal(50126, "Error validating credentials due to invalid username or password.");
  if (!user.enabled) throw disabledUser();
  return user;
}
