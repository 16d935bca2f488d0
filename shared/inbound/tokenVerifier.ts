import type { JWTPayload } from "jose";
import { decodeJwt, errors, jwtVerify } from "jose";
import type { Clock } from "../clock.ts";
import type { AzureAdSettings } from "../config/settings.ts";
import { isGuid } from "../config/values.ts";
import { issuersOf } from "../entra/authority.ts";
import type { SigningKeys } from "../entra/signingKeys.ts";
import { InvalidRequestError, InvalidTokenError, TokenExpiredError, TokenMissingError } from "../errors/errors.ts";
import { B64_TOKEN } from "../net/headerFields.ts";
import { Secret } from "../secret.ts";

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

const CLAIM_REFUSALS: Readonly<Record<string, string>> = {
  aud: "The access token is for another API (aud).",
  iss: "The access token is from another issuer (iss).",
  nbf: "The access token is not valid yet (nbf).",
};

/** jose's verdict in the words of RFC 6750. What is no verdict (keys not to be had) goes on as it is. */
export function tokenRefusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new TokenExpiredError();
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new InvalidTokenError(
      CLAIM_REFUSALS[error.claim] ?? `The access token's claim ${error.claim} is missing or wrong.`,
    );
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return new InvalidTokenError("The access token is signed with an algorithm other than RS256.");
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return new InvalidTokenError("The access token is signed with a key that is not its tenant's.");
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new InvalidTokenError("The access token's signature is not valid.");
  }
  if (error instanceof errors.JOSEError) {
    return new InvalidTokenError("The access token is not a well-formed signed JWT.", { cause: error });
  }
  return error;
}

// RFC 6750, 2.1; the scheme in any case (RFC 9110, 11.1).
const SCHEME = /^Bearer(?: +|$)/i;

/**
 * What an `Authorization: Bearer` header carries. Whether that is a token at all, `demandB64Token` says when it is
 * verified: it looks at each character, and need not where a cache knows the token to be valid.
 * @throws TokenMissingError for none, or another scheme
 */
export function bearerToken(header: string | undefined): Secret {
  const scheme = SCHEME.exec(header ?? "");
  if (header === undefined || scheme === null) throw new TokenMissingError();
  return new Secret(header.slice(scheme[0].length));
}

/** @throws InvalidRequestError for what a Bearer header cannot carry, like two tokens of headers that were joined. */
export function demandB64Token(token: Secret): void {
  if (!B64_TOKEN.test(token.reveal()))
    throw new InvalidRequestError("The Authorization header is not one Bearer token.");
}

const COMPACT_PARTS = 3;
const DIGIT = "[A-Za-z0-9_-]";
// One part, which may be empty: whole groups of four digits, then a rest of two or three whose spare bits are zero.
const PART = `(?:${DIGIT}{4})*(?:${DIGIT}[AQgw]|${DIGIT}{2}[AEIMQUYcgkosw048])?`;
const COMPACT_JWS = new RegExp(`^${PART}\\.${PART}\\.${PART}$`);

/**
 * Demands the one spelling of a signed JWT: base64url without padding (RFC 7515, 2), spare bits zero (RFC 4648, 3.5).
 * Decoders accept more: the last digit of an RS256 signature alone has 16 spellings. Caches know a token by its text, so
 * each spelling would cost an exchange.
 * @throws InvalidTokenError
 */
export function demandCanonicalJws(token: Secret): void {
  const text = token.reveal();
  if (COMPACT_JWS.test(text)) return;
  throw new InvalidTokenError(
    text.split(".").length === COMPACT_PARTS
      ? "The access token is not written in base64url without padding (RFC 7515, section 2)."
      : "The access token is not a JWT.",
  );
}
