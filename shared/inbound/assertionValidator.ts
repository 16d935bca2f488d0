import type { JWTPayload } from "jose";
import { decodeJwt, jwtVerify } from "jose";
import type { Clock } from "../clock.ts";
import type { AzureAdSettings } from "../config/settings.ts";
import { isGuid } from "../config/values.ts";
import { AppOnlyTokenError } from "../errors/appOnlyTokenError.ts";
import { ClientNotAllowedError } from "../errors/clientNotAllowedError.ts";
import { InsufficientScopeError } from "../errors/insufficientScopeError.ts";
import { InvalidTokenError } from "../errors/invalidTokenError.ts";
import type { Secret } from "../secret.ts";
import { isMultiTenant, issuersOf } from "./authority.ts";
import type { SigningKeys } from "./signingKeys.ts";
import { tokenRefusal } from "./tokenRefusal.ts";
import type { ValidatedAssertion } from "./validatedAssertion.ts";

/** How far the clocks of Entra ID and of this machine may differ. */
const CLOCK_SKEW_S = 60;
/** Entra ID signs with nothing else. A list here is what makes `none` and HS256-with-the-public-key fail. */
const ALGORITHMS = ["RS256"];
/** Tenant of personal Microsoft accounts: no organisation, so `organizations` does not admit it. */
const PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad";

export interface AssertionValidatorOptions {
  readonly azureAd: AzureAdSettings;
  /** The keys of a tenant; asked only for tenants that may call. */
  readonly keysOf: (tenantId: string) => SigningKeys;
  readonly now: Clock;
}

/**
 * Validates token A as Microsoft's "Access tokens: validate tokens" demands, and trusts nobody who says it did so before.
 */
export class AssertionValidator {
  readonly #options: AssertionValidatorOptions;

  constructor(options: AssertionValidatorOptions) {
    this.#options = options;
  }

  /**
   * @throws InvalidTokenError, TokenExpiredError (401), AppOnlyTokenError, InsufficientScopeError, ClientNotAllowedError (403),
   *   IdentityProviderUnavailableError (503) when the signing keys cannot be had.
   */
  async validate(assertion: Secret): Promise<ValidatedAssertion> {
    const tenantId = this.#allowedTenant(assertion);
    const claims = await this.#verified(assertion, tenantId);
    const scopes = typeof claims.scp === "string" ? claims.scp.split(" ").filter((scope) => scope !== "") : [];
    if (scopes.length === 0 && claims.azp === undefined && claims.appid === undefined) {
      // An access token says what for and to which client. An ID token for this app passes every check before.
      throw new InvalidTokenError(
        "The token is no access token (neither scp nor azp or appid): do not send an ID token.",
      );
    }
    if (claims.idtyp === "app" || scopes.length === 0) throw new AppOnlyTokenError();
    const userId = claims.oid ?? claims.sub;
    if (typeof userId !== "string" || userId === "")
      throw new InvalidTokenError("The access token names no user (oid).");
    this.#demandScope(scopes);
    const clientAppId = this.#allowedClient(claims);
    // jwtVerify demanded `exp`.
    return { assertion, claims, tenantId, userId, clientAppId, scopes, expiresOnMs: (claims.exp ?? 0) * 1000 };
  }

  // Read before the signature is checked, and only to choose whose keys must check it.
  #allowedTenant(assertion: Secret): string {
    const { azureAd } = this.#options;
    let tid: unknown;
    try {
      tid = decodeJwt(assertion.reveal()).tid;
    } catch (error) {
      throw new InvalidTokenError("The access token is not a JWT.", { cause: error });
    }
    const tenantId = typeof tid === "string" ? tid.toLowerCase() : "";
    if (!isGuid(tenantId) || !tenantAllowed(azureAd, tenantId)) {
      throw new InvalidTokenError("The access token is of a tenant whose users may not call this API.");
    }
    return tenantId;
  }

  async #verified(assertion: Secret, tenantId: string): Promise<JWTPayload> {
    const { azureAd, keysOf, now } = this.#options;
    const issuers = issuersOf(azureAd.instance, tenantId);
    const keys = keysOf(tenantId);
    try {
      const verified = await jwtVerify(
        assertion.reveal(),
        (header, token) => keys.keyFor(header, token, issuers[0], tenantId),
        {
          algorithms: ALGORITHMS,
          issuer: [...issuers],
          audience: [...azureAd.audiences],
          requiredClaims: ["exp", "tid"],
          clockTolerance: CLOCK_SKEW_S,
          currentDate: new Date(now()),
        },
      );
      return verified.payload;
    } catch (error) {
      throw tokenRefusal(error);
    }
  }

  #demandScope(scopes: readonly string[]): void {
    const required = this.#options.azureAd.scopes;
    if (required.length > 0 && !required.some((scope) => scopes.includes(scope)))
      throw new InsufficientScopeError(required);
  }

  #allowedClient(claims: JWTPayload): string | undefined {
    const claim = claims.azp ?? claims.appid;
    const clientAppId = typeof claim === "string" ? claim.toLowerCase() : undefined;
    const allowed = this.#options.azureAd.allowedClientApplications;
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
