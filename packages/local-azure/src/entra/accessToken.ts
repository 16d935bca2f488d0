import { createHash, randomBytes, randomInt } from "node:crypto";
import { type JWTPayload, SignJWT } from "jose";
import type { SignIn } from "./conditionalAccess.ts";
import type { Context } from "./context.ts";
import type { AppRegistration, User } from "./directory.ts";
import { issuerOf } from "./issuer.ts";

const MIN_LIFETIME_MS = 60 * 60_000;
const MAX_LIFETIME_MS = 90 * 60_000;

/** For whom, and to what, a token is issued. */
export interface TokenSubject {
  readonly tenantId: string;
  readonly clientId: string;
  /** `azpacr` or `appidacr`. */
  readonly clientClass: "0" | "1" | "2";
  readonly resource: AppRegistration;
  /** The resource as the request names it. */
  readonly identifier: string;
}

/**
 * The claims of a user's access token, of the version that the resource wants.
 * Source: learn.microsoft.com/entra/identity-platform/access-token-claims-reference. One deviation: `amr` is in v2.0 tokens too;
 * Entra ID keeps it to itself there, this one has no other memory of how a user signed in.
 */
export function userTokenClaims(
  context: Context,
  subject: TokenSubject,
  user: User,
  scopes: readonly string[],
  signIn: SignIn,
  clientCapabilities: readonly string[],
): JWTPayload {
  return {
    ...commonClaims(context, subject),
    ...userClaims(user, subject.resource.accessTokenVersion),
    amr: [...signIn.methods],
    ...(signIn.contexts.length > 0 ? { acrs: [...signIn.contexts] } : {}),
    scp: scopes.join(" "),
    sub: pairwiseSubject(user, subject.resource.clientId),
    ...(clientCapabilities.length > 0 ? { xms_cc: [...clientCapabilities] } : {}),
  };
}

/** The claims of an app-only access token. */
export function applicationTokenClaims(
  context: Context,
  subject: TokenSubject,
  oid: string,
  roles: readonly string[],
): JWTPayload {
  return {
    ...commonClaims(context, subject),
    idtyp: "app",
    oid,
    sub: oid,
    ...(roles.length > 0 ? { roles: [...roles] } : {}),
  };
}

/** The claims of an id token for the client itself. */
export function idTokenClaims(context: Context, user: User, clientId: string): JWTPayload {
  return {
    aud: clientId,
    iss: issuerOf(context.url, user.tenantId, 2),
    ...timeClaims(context),
    ...userClaims(user, 2),
    sub: pairwiseSubject(user, clientId),
    tid: user.tenantId,
    uti: randomBytes(16).toString("base64url"),
    ver: "2.0",
  };
}

export async function signToken({ keys }: Context, claims: JWTPayload): Promise<string> {
  const { kid, privateKey } = keys.current;
  return new SignJWT(claims).setProtectedHeader({ typ: "JWT", alg: "RS256", x5t: kid, kid }).sign(privateKey);
}

function commonClaims(context: Context, subject: TokenSubject): JWTPayload {
  const { tenantId, clientId, clientClass, resource, identifier } = subject;
  const version = resource.accessTokenVersion;
  return {
    aud: version === 2 ? resource.clientId : identifier,
    iss: issuerOf(context.url, tenantId, version),
    ...timeClaims(context),
    ...(version === 2 ? { azp: clientId, azpacr: clientClass } : { appid: clientId, appidacr: clientClass }),
    tid: tenantId,
    uti: randomBytes(16).toString("base64url"),
    ver: version === 2 ? "2.0" : "1.0",
  };
}

function timeClaims({ now, directory }: Context): { iat: number; nbf: number; exp: number } {
  const lifetimeMs = directory.settings.accessTokenLifetimeMs ?? randomInt(MIN_LIFETIME_MS, MAX_LIFETIME_MS + 1);
  const iat = Math.floor(now() / 1000);
  return { iat, nbf: iat, exp: iat + Math.floor(lifetimeMs / 1000) };
}

function userClaims({ displayName, oid, userPrincipalName }: User, version: 1 | 2): JWTPayload {
  return {
    name: displayName,
    oid,
    ...(version === 2
      ? { preferred_username: userPrincipalName }
      : { unique_name: userPrincipalName, upn: userPrincipalName }),
  };
}

/** One user has another `sub` with each resource: two of them cannot compare notes. */
function pairwiseSubject({ oid }: User, audience: string): string {
  return createHash("sha256").update(`${oid}\n${audience}`).digest("base64url");
}
