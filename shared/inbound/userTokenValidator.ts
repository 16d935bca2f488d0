import type { JWTPayload } from "jose";
import type { AzureAdSettings } from "../config/settings.ts";
import { isMultiTenant } from "../entra/authority.ts";
import {
  AppOnlyTokenError,
  ClientNotAllowedError,
  InsufficientScopeError,
  InvalidTokenError,
} from "../errors/errors.ts";
import type { Secret } from "../secret.ts";
import type { TokenVerifierOptions } from "./tokenVerifier.ts";
import { clientAppIdOf, scopesOf, TokenVerifier } from "./tokenVerifier.ts";

/** Tenant of personal Microsoft accounts: no organisation, so `organizations` does not admit it. */
const PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad";

/** Validates token A, and trusts nobody who says it did so before. */
export class UserTokenValidator {
  readonly #azureAd: AzureAdSettings;
  readonly #verifier: TokenVerifier;

  constructor(options: TokenVerifierOptions) {
    this.#azureAd = options.azureAd;
    this.#verifier = new TokenVerifier(options, (tenantId) => {
      if (tenantAllowed(options.azureAd, tenantId)) return;
      throw new InvalidTokenError("The access token is of a tenant whose users may not call this API.");
    });
  }

  /**
   * @throws InvalidRequestError (400), InvalidTokenError, TokenExpiredError (401), AppOnlyTokenError,
   *   InsufficientScopeError, ClientNotAllowedError (403), IdentityProviderUnavailableError (503) when the signing keys cannot be had, IdentityProviderTimeoutError (504)
   *   when they do not come in time.
   */
  async validate(assertion: Secret): Promise<ValidatedAssertion> {
    const { claims, tenantId, expiresOnMs } = await this.#verifier.verify(assertion);
    const scopes = scopesOf(claims);
    if (scopes.length === 0 && claims.azp === undefined && claims.appid === undefined) {
      // An access token says what for and to which client. An ID token for this app passes every check before.
      throw new InvalidTokenError(
        "The token is no access token (neither scp nor azp or appid): do not send an ID token.",
      );
    }
    if (claims.idtyp === "app" || scopes.length === 0) throw new AppOnlyTokenError();
    const userId = claims.oid ?? claims.sub;
    if (typeof userId !== "string" || userId === "") {
      throw new InvalidTokenError("The access token names no user (oid).");
    }
    this.#demandScope(scopes);
    const clientAppId = this.#allowedClient(claims);
    return { assertion, claims, tenantId, userId, clientAppId, scopes, expiresOnMs };
  }

  #demandScope(scopes: readonly string[]): void {
    const required = this.#azureAd.scopes;
    if (required.length > 0 && !required.some((scope) => scopes.includes(scope))) {
      throw new InsufficientScopeError(required);
    }
  }

  #allowedClient(claims: Readonly<JWTPayload>): string | undefined {
    const clientAppId = clientAppIdOf(claims);
    const allowed = this.#azureAd.allowedClientApplications;
    if (allowed.length > 0 && (clientAppId === undefined || !allowed.includes(clientAppId))) {
      throw new ClientNotAllowedError(clientAppId);
    }
    return clientAppId;
  }
}

function tenantAllowed(azureAd: AzureAdSettings, tenantId: string): boolean {
  if (!isMultiTenant(azureAd)) return tenantId === azureAd.tenantId;
  if (azureAd.allowedTenants.length > 0) return azureAd.allowedTenants.includes(tenantId);
  return azureAd.tenantId === "common" || tenantId !== PERSONAL_ACCOUNTS;
}

/** Token A after validation: the only form in which the rest of the gateway sees it. */
export interface ValidatedAssertion {
  readonly assertion: Secret;
  readonly claims: Readonly<JWTPayload>;
  readonly tenantId: string;
  /** The user: `oid`, unique within the tenant. */
  readonly userId: string;
  /** The client app that the token was issued to: `azp` (v2.0) or `appid` (v1.0). */
  readonly clientAppId: string | undefined;
  readonly scopes: readonly string[];
  readonly expiresOnMs: number;
}
