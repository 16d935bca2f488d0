import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from "jose";
import { Agent, fetch } from "undici";

const JWKS_TIMEOUT_MS = 5_000;

/** What a resource of Azure needs to know to check the access tokens of one tenant. */
export interface VerifierOptions {
  /** Base URL of Entra ID, e.g. `https://localhost:8443`. */
  readonly entraUrl: string;
  readonly tenantId: string;
  /** PEM of the CA that Entra ID's server certificate must come from. */
  readonly trustedCa: string;
  readonly audience: string | readonly string[];
  readonly now: () => number;
}

export interface AccessTokenVerifier {
  /** The accepted `iss` values. */
  readonly issuers: readonly string[];
  /**
   * Checks signature, issuer, audience and lifetime, and gives the claims.
   * @throws TokenRefusedError when the token does not hold.
   * @throws SigningKeysUnavailableError when that cannot be found out.
   */
  verify(token: string): Promise<JWTPayload & { iat: number }>;
  close(): Promise<void>;
}

export type TokenFlaw = "malformed" | "signature" | "issuer" | "audience" | "expired" | "not yet valid";

/** A token that does not hold. Its message never contains the token. */
export class TokenRefusedError extends Error {
  override readonly name = "TokenRefusedError";
  readonly flaw: TokenFlaw;
  /** The offending value, for an issuer or an audience. */
  readonly found: string | undefined;

  constructor(flaw: TokenFlaw, message: string, found?: string) {
    super(message);
    this.flaw = flaw;
    this.found = found;
  }
}

/** The issuer's keys could not be had: says nothing about the token. */
export class SigningKeysUnavailableError extends Error {
  override readonly name = "SigningKeysUnavailableError";
}

/** Verifies the access tokens of one tenant, RS256 as Entra ID signs them, with keys fetched over a private CA. */
export function createAccessTokenVerifier(options: VerifierOptions): AccessTokenVerifier {
  const base = options.entraUrl.replace(/\/+$/, "");
  // v2.0 and v1.0 (learn.microsoft.com/entra/identity-platform/access-tokens).
  const issuers = [`${base}/${options.tenantId}/v2.0`, `https://sts.windows.net/${options.tenantId}/`];
  const jwksUrl = new URL(`${base}/${options.tenantId}/discovery/v2.0/keys`);
  const agent = new Agent({ connect: { ca: options.trustedCa } });
  const keys = createRemoteJWKSet(jwksUrl, {
    timeoutDuration: JWKS_TIMEOUT_MS,
    // Keys are rolled over at will here, and the other end is local: an unknown `kid` always asks again.
    cooldownDuration: 0,
    [customFetch]: async (url, { headers, signal }) => {
      const answer = await fetch(url, { dispatcher: agent, headers: Object.fromEntries(headers), signal });
      return new Response(await answer.arrayBuffer(), { status: answer.status });
    },
  });
  return {
    issuers,
    async verify(token) {
      try {
        const { payload } = await jwtVerify<{ iat: number }>(token, keys, {
          algorithms: ["RS256"],
          issuer: issuers,
          audience: [options.audience].flat(),
          requiredClaims: ["exp", "iat"],
          currentDate: new Date(options.now()),
        });
        return payload;
      } catch (error) {
        throw refusal(error) ?? new SigningKeysUnavailableError(`No signing keys from ${jwksUrl}.`, { cause: error });
      }
    },
    close: () => agent.destroy(),
  };
}

/** The token of an `Authorization: Bearer` header (RFC 6750, 2.1), or undefined. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization?.match(/^bearer +(\S+) *$/i)?.[1];
}

/** A claim's value, if it is text. */
export function textClaim(claims: JWTPayload, name: string): string | undefined {
  const value = claims[name];
  return typeof value === "string" ? value : undefined;
}

const CLAIM_FLAWS: Readonly<Record<string, TokenFlaw>> = { iss: "issuer", aud: "audience", nbf: "not yet valid" };

function refusal(error: unknown): TokenRefusedError | undefined {
  if (error instanceof errors.JWTExpired) return new TokenRefusedError("expired", "The token has expired.");
  if (error instanceof errors.JWTClaimValidationFailed) {
    const flaw = (error.reason === "check_failed" ? CLAIM_FLAWS[error.claim] : undefined) ?? "malformed";
    return new TokenRefusedError(flaw, error.message, [error.payload[error.claim]].flat().join(" "));
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return new TokenRefusedError("signature", "The token is not signed with a key of the issuer.");
  }
  if (MALFORMED.some((kind) => error instanceof kind)) {
    return new TokenRefusedError("malformed", "The token is not a JWT signed with RS256.");
  }
  return undefined;
}

const MALFORMED = [errors.JWSInvalid, errors.JWTInvalid, errors.JOSEAlgNotAllowed, errors.JOSENotSupported] as const;
