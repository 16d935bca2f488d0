import { decodeJwt, errors, type JWTPayload } from "jose";
import type { SignIn } from "./conditionalAccess.ts";
import type { Context } from "./context.ts";
import type { AppRegistration, Tenant, User } from "./directory.ts";
import { Refusal } from "./errors.ts";
import { issuerOf } from "./issuer.ts";
import { findUserByOid } from "./lookup.ts";
import { invalidAssertion, verifyOwnToken } from "./ownToken.ts";

/** Token A, verified: who signed in, how, and when. */
export interface UserAssertion {
  readonly user: User;
  readonly signIn: SignIn;
  readonly issuedAtMs: number;
}

/**
 * Verifies token A as the assertion of an on-behalf-of exchange by `client`.
 * @throws Refusal 50027 (not a JWT), 50013 (signature, issuer, tenant, not an access token), 500131 (for another app), 500133
 * (outside its time), 7000114 (app-only), 50034, 50057, 50173 (user unknown, disabled, signed out).
 */
export async function verifyAssertion(
  context: Context,
  tenant: Tenant,
  client: AppRegistration,
  assertion: string,
): Promise<UserAssertion> {
  const claims = await verifyToken(context, tenant, client, assertion);
  if (typeof claims.scp !== "string" || claims.scp === "") {
    if (claims.idtyp === "app" || claims.oid === claims.sub)
      throw new Refusal(
        7000114,
        `Application '${client.clientId}' is not allowed to make application on-behalf-of calls.`,
      );
    throw invalidAssertion("The token is not an access token of a user");
  }
  const issuedAtMs = (claims.iat ?? 0) * 1000;
  const user = requireUser(context, tenant, String(claims.oid), issuedAtMs);
  return { user, issuedAtMs, signIn: { methods: strings(claims.amr), contexts: strings(claims.acrs) } };
}

/** The tenant that an assertion names, before anything of it is verified: what `common` stands for in an exchange. */
export function tenantOfAssertion(assertion: string): string | undefined {
  return typeof decode(assertion).tid === "string" ? String(decode(assertion).tid) : undefined;
}

async function verifyToken(context: Context, tenant: Tenant, client: AppRegistration, token: string) {
  const unverified = decode(token);
  try {
    return await verifyOwnToken(context, token, {
      issuer: [issuerOf(context.url, tenant.id, 2), issuerOf(context.url, tenant.id, 1)],
      audience: [client.clientId, ...client.appIdUris],
    });
  } catch (error) {
    throw translate(error, unverified, client, context.now());
  }
}

function translate(error: unknown, claims: JWTPayload, client: AppRegistration, nowMs: number): unknown {
  const claim = error instanceof errors.JWTClaimValidationFailed ? error.claim : undefined;
  if (error instanceof errors.JWTExpired || claim === "nbf")
    return new Refusal(
      500133,
      `Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token. Current time: ${new Date(nowMs).toISOString()}, expiry time of assertion ${new Date((claims.exp ?? 0) * 1000).toISOString()}.`,
    );
  if (claim === "aud")
    return new Refusal(
      500131,
      `Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '${String(claims.aud)}' and the expected audience is '${client.clientId}' or one of the Application Uris of this application with App ID '${client.clientId}'(${client.displayName}).`,
    );
  if (error instanceof errors.JOSEError)
    return invalidAssertion(claim === "iss" ? "The issuer is of another tenant" : "The token could not be verified");
  return error;
}

function requireUser({ directory }: Context, tenant: Tenant, oid: string, issuedAtMs: number): User {
  const user = findUserByOid(directory, oid);
  if (user === undefined || user.tenantId !== tenant.id) throw unknownUser(oid, tenant);
  if (!user.enabled) throw disabledUser();
  if (issuedAtMs < user.signInsValidFromMs)
    throw new Refusal(
      50173,
      "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
    );
  return user;
}

export function unknownUser(name: string, tenant: Tenant): Refusal {
  return new Refusal(50034, `The user account ${name} does not exist in the ${tenant.domain} directory.`);
}

export function disabledUser(): Refusal {
  return new Refusal(50057, "The user account is disabled.");
}

function decode(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    throw new Refusal(50027, "JWT token is invalid or malformed.");
  }
}

function strings(claim: unknown): string[] {
  return Array.isArray(claim) ? claim.map(String) : [];
}
