import { createSecretKey } from "node:crypto";
import { type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { userTokenClaims } from "./accessToken.ts";
import { unknownUser } from "./assertion.ts";
import { parseClaimsRequest } from "./claimsRequest.ts";
import { enforceConditionalAccess } from "./conditionalAccess.ts";
import { grantedScopes } from "./consent.ts";
import type { Context } from "./context.ts";
import type { AppRegistration, Tenant, User } from "./directory.ts";
import { signInOf } from "./grants/password.ts";
import { findTenant, findUser } from "./lookup.ts";
import { findClient } from "./realm.ts";
import { parseScopes } from "./scopes.ts";
import { createSigningKey } from "./signingKeys.ts";

/** A token A to be had without a sign-in. */
export interface UserTokenSpec {
  /** Object id, user principal name, or what stands before the @ of it. */
  readonly user: string;
  /** Client id of the app that the user signs in to. */
  readonly client: string;
  /** As in a token request: `api://.../access_as_user`. */
  readonly scope: string;
  /** The `claims` parameter (JSON): a step-up that it asks for counts as done. */
  readonly claims?: string | undefined;
  /** Replaces claims; `undefined` takes one away. Times in seconds since the epoch. */
  readonly override?: JWTPayload | undefined;
  readonly forgery?: Forgery | undefined;
}

/** How to sign it wrongly. */
export interface Forgery {
  /** `HS256` signs with the public key's PEM as the secret; `none` does not sign. */
  readonly alg?: "RS256" | "PS256" | "RS384" | "HS256" | "none";
  /** `null`: without one. */
  readonly kid?: string | null;
  /** Signed with a key that is not published, under the `kid` of one that is. */
  readonly foreignKey?: boolean;
}

/**
 * Issues an access token for a user, as a sign-in would: consent and Conditional Access apply.
 * @throws Refusal as the token endpoint would.
 */
export async function issueUserToken(context: Context, spec: UserTokenSpec): Promise<string> {
  const { user, tenant } = whoIs(context, spec.user);
  const client = findClient(context.directory, tenant, spec.client);
  const asked = parseScopes(context.directory, tenant, spec.scope);
  const scopes = grantedScopes(context.directory, client, user, asked);
  const wanted = parseClaimsRequest(spec.claims);
  const signIn = signInOf(wanted);
  enforceConditionalAccess(context.directory, user, asked.resource, signIn);
  const claims = userTokenClaims(
    context,
    {
      tenantId: tenant.id,
      clientId: client.clientId,
      clientClass: classOf(client),
      resource: asked.resource,
      identifier: asked.identifier,
    },
    user,
    scopes,
    signIn,
    wanted.clientCapabilities,
  );
  // JSON leaves out what is undefined, and so does the token.
  return sign(context, { ...claims, ...spec.override }, spec.forgery ?? {});
}

function whoIs({ directory }: Context, name: string): { user: User; tenant: Tenant } {
  const user = findUser(directory, name);
  const tenant = findTenant(directory, user?.tenantId ?? "");
  if (user !== undefined && tenant !== undefined) return { user, tenant };
  throw unknownUser(name, tenant ?? { id: "", domain: "local" });
}

function classOf(client: AppRegistration): "0" | "1" {
  return client.publicClient ? "0" : "1";
}

async function sign({ keys, now }: Context, claims: JWTPayload, forgery: Forgery): Promise<string> {
  const { alg = "RS256", kid = keys.current.kid, foreignKey = false } = forgery;
  if (alg === "none") return new UnsecuredJWT(claims).encode();
  const { privateKey } = foreignKey ? await createSigningKey(now()) : keys.current;
  const key = alg === "HS256" ? createSecretKey(publicKeyPem(keys.current.publicKey), "utf8") : privateKey;
  const header = { typ: "JWT", alg, ...(kid === null ? {} : { x5t: kid, kid }) };
  return new SignJWT(claims).setProtectedHeader(header).sign(key);
}

export function publicKeyPem(key: { export(options: { type: "spki"; format: "pem" }): string | Buffer }): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}
