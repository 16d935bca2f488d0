import type { JWTPayload } from "jose";
import { decodeJwt, jwtVerify } from "jose";
import type { Clock } from "../clock.ts";
import type { AzureAdSettings } from "../config/settings.ts";
import { isGuid } from "../config/values.ts";
import { InvalidTokenError } from "../errors/invalidTokenError.ts";
import type { Secret } from "../secret.ts";
import { issuersOf } from "./authority.ts";
import { demandB64Token, demandCanonicalJws } from "./bearerToken.ts";
import type { SigningKeys } from "./signingKeys.ts";
import { tokenRefusal } from "./tokenRefusal.ts";

/** How far the clocks of Entra ID and of this machine may differ. */
const CLOCK_SKEW_S = 60;
/** Entra ID signs with nothing else. A list here is what makes `none` and HS256-with-the-public-key fail. */
const ALGORITHMS = ["RS256"];

/** What validators of users' tokens and of the gateway's have in common. */
export interface TokenVerifierOptions {
  readonly azureAd: AzureAdSettings;
  /** The keys of a tenant; requested only for tenants that `demandTenant` accepts. */
  readonly keysOf: (tenantId: string) => SigningKeys;
  readonly now: Clock;
}

/** A token of an allowed tenant, for this app, signed by Entra ID and within its time. Whose it is, is not said yet. */
export interface VerifiedToken {
  readonly claims: Readonly<JWTPayload>;
  readonly tenantId: string;
  readonly expiresOnMs: number;
}

/** Checks what every token to this app must be, as Microsoft's "Access tokens: validate tokens" demands. */
export class TokenVerifier {
  readonly #options: TokenVerifierOptions;
  readonly #demandTenant: (tenantId: string) => void;

  /** @param demandTenant throws for a tenant whose tokens are not accepted; it gets what the token says, not yet verified */
  constructor(options: TokenVerifierOptions, demandTenant: (tenantId: string) => void) {
    this.#options = options;
    this.#demandTenant = demandTenant;
  }

  /**
   * @throws InvalidRequestError (400), InvalidTokenError, TokenExpiredError (401), IdentityProviderUnavailableError (503)
   *   when the signing keys cannot be had, IdentityProviderTimeoutError (504) when they do not come in time.
   */
  async verify(token: Secret): Promise<VerifiedToken> {
    demandB64Token(token);
    demandCanonicalJws(token);
    const tenantId = this.#allowedTenant(token);
    const { azureAd, keysOf, now } = this.#options;
    const issuers = issuersOf(azureAd.instance, tenantId);
    const keys = keysOf(tenantId);
    try {
      const { payload: claims } = await jwtVerify(
        token.reveal(),
        (header, jws) => keys.keyFor(header, jws, issuers[0], tenantId),
        {
          algorithms: ALGORITHMS,
          issuer: [...issuers],
          audience: [...azureAd.audiences],
          requiredClaims: ["exp", "tid"],
          clockTolerance: CLOCK_SKEW_S,
          currentDate: new Date(now()),
        },
      );
      // jwtVerify demanded `exp`.
      return { claims, tenantId, expiresOnMs: (claims.exp ?? 0) * 1000 };
    } catch (error) {
      throw tokenRefusal(error);
    }
  }

  // Read before the signature is checked, and only to choose whose keys must check it.
  #allowedTenant(token: Secret): string {
    let tid: unknown;
    try {
      tid = decodeJwt(token.reveal()).tid;
    } catch (error) {
      throw new InvalidTokenError("The access token is not a JWT.", { cause: error });
    }
    const tenantId = typeof tid === "string" ? tid.toLowerCase() : "";
    if (!isGuid(tenantId)) throw new InvalidTokenError("The access token names no tenant (tid).");
    this.#demandTenant(tenantId);
    return tenantId;
  }
}

/** The scopes of a delegated token. */
export function scopesOf({ scp }: Readonly<JWTPayload>): readonly string[] {
  return typeof scp === "string" ? scp.split(" ").filter((scope) => scope !== "") : [];
}

/** The client app that the token was issued to: `azp` (v2.0) or `appid` (v1.0). */
export function clientAppIdOf({ azp, appid }: Readonly<JWTPayload>): string | undefined {
  const claim = azp ?? appid;
  return typeof claim === "string" ? claim.toLowerCase() : undefined;
}
