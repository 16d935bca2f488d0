import { randomBytes } from "node:crypto";
import type { JWTPayload } from "jose";
import { idTokenClaims, signToken } from "./accessToken.ts";
import type { Context } from "./context.ts";
import type { User } from "./directory.ts";
import type { Form } from "./form.ts";
import type { RequestedScopes } from "./scopes.ts";

/** The body of a successful answer: RFC 6749, 5.1; learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow. */
export async function userTokenResponse(
  context: Context,
  form: Form,
  user: User,
  asked: RequestedScopes,
  scopes: readonly string[],
  claims: JWTPayload,
): Promise<object> {
  const { accessToken, expiresInS } = await issue(context, claims);
  return {
    token_type: "Bearer",
    scope: scopes.map((scope) => `${asked.identifier}/${scope}`).join(" "),
    expires_in: expiresInS,
    ext_expires_in: expiresInS,
    access_token: accessToken,
    // Opaque, and of no use here: the refresh_token grant is refused.
    ...(asked.offlineAccess ? { refresh_token: `1.${randomBytes(48).toString("base64url")}` } : {}),
    ...(asked.openid
      ? { id_token: await signToken(context, idTokenClaims(context, user, form.require("client_id"))) }
      : {}),
    ...(form.get("client_info") === "1" ? { client_info: clientInfo(user) } : {}),
  };
}

export async function applicationTokenResponse(context: Context, claims: JWTPayload): Promise<object> {
  const { accessToken, expiresInS } = await issue(context, claims);
  return { token_type: "Bearer", expires_in: expiresInS, ext_expires_in: expiresInS, access_token: accessToken };
}

async function issue(context: Context, claims: JWTPayload): Promise<{ accessToken: string; expiresInS: number }> {
  return {
    accessToken: await signToken(context, claims),
    expiresInS: (claims.exp ?? 0) - Math.floor(context.now() / 1000),
  };
}

/** Asked for by MSAL: which account the tokens belong to. */
function clientInfo({ oid, tenantId }: User): string {
  return Buffer.from(JSON.stringify({ uid: oid, utid: tenantId })).toString("base64url");
}
