import type { JWTPayload } from "jose";
import type { GatewaySettings } from "../config/settings.ts";
import {
  GatewayAuthenticationRequiredError,
  InvalidRequestError,
  InvalidTokenError,
  TokenExpiredError,
} from "../errors/errors.ts";
import type { Secret } from "../secret.ts";
import type { TokenVerifierOptions, VerifiedToken } from "./tokenVerifier.ts";
import { clientAppIdOf, TokenVerifier } from "./tokenVerifier.ts";

/** Longer than any id, short enough for one line of a log. */
const MAX_SHOWN_CHARACTERS = 100;

/**
 * Whether the call comes from a gateway that may forward users' tokens: API Management, with its own token for this app.
 * The token must be an app's, of the gateway's tenant, and of a listed principal.
 */
export class ApimAuthenticator {
  readonly #allowed: ReadonlySet<string>;
  readonly #verifier: TokenVerifier;

  constructor({ allowedPrincipals, tenantId: home }: GatewaySettings, options: TokenVerifierOptions) {
    this.#allowed = new Set(allowedPrincipals);
    this.#verifier = new TokenVerifier(options, (tenantId) => {
      if (tenantId === home) return;
      throw new GatewayAuthenticationRequiredError(
        `The token in Authorization is of tenant ${tenantId}; the gateway's tenant is ${home ?? "not known"} ` +
          "(Gateway__TenantId).",
      );
    });
  }

  /**
   * @param token the gateway's own
   * @throws GatewayAuthenticationRequiredError (401) whatever is wrong with it: the log says what;
   *   IdentityProviderUnavailableError (503) when the signing keys cannot be had, IdentityProviderTimeoutError (504)
   *   when they do not come in time.
   */
  async authenticate(token: Secret): Promise<VerifiedToken> {
    const verified = await this.#verified(token);
    const { claims } = verified;
    const reason = noAppToken(claims);
    if (reason !== undefined) {
      throw new GatewayAuthenticationRequiredError(`The token in Authorization is not an app's own: ${reason}.`);
    }
    const principals = [claims.oid, clientAppIdOf(claims)].filter((id) => typeof id === "string");
    if (!principals.some((id) => this.#allowed.has(id.toLowerCase()))) {
      const allowed = [...this.#allowed].join(", ");
      throw new GatewayAuthenticationRequiredError(
        `The principal ${principals.join(" / ")} is not in Gateway__AllowedPrincipals (${allowed}).`,
      );
    }
    return verified;
  }

  async #verified(token: Secret): Promise<VerifiedToken> {
    try {
      return await this.#verifier.verify(token);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      throw new GatewayAuthenticationRequiredError(`The token in Authorization is not the gateway's: ${error.message}`);
    }
  }
}

/** What is wrong with the token itself. */
function isRefusal(error: unknown): error is InvalidRequestError | InvalidTokenError | TokenExpiredError {
  return (
    error instanceof InvalidRequestError || error instanceof InvalidTokenError || error instanceof TokenExpiredError
  );
}

/**
 * Why claims are not those of an app-only access token; undefined when they are. `idtyp` is an optional claim, so a token
 * may lack it. Then the app's object must be the subject: a user's `sub` is pairwise and never the `oid` (Microsoft,
 * "Protected web API: verify scopes and app roles").
 */
function noAppToken(claims: Readonly<JWTPayload>): string | undefined {
  // Whatever its value is, even "" or a list: an app-only token has no such claim.
  if ("scp" in claims) return `it has scp ${shown(claims.scp)}, as a user's token; expected none`;
  if ("idtyp" in claims) {
    if (claims.idtyp !== "app") return `idtyp is ${shown(claims.idtyp)}; expected "app"`;
  } else if (typeof claims.oid !== "string" || claims.sub !== claims.oid) {
    return `it has no idtyp, and sub ${shown(claims.sub)} is not oid ${shown(claims.oid)}; expected both to be the app's object`;
  }
  // An ID token for this app has the right audience too.
  return clientAppIdOf(claims) === undefined ? "it names no client app (azp or appid), as an ID token" : undefined;
}

/** A signed claim, as the log shows it. */
function shown(value: unknown): string {
  return value === undefined ? "(none)" : JSON.stringify(value).slice(0, MAX_SHOWN_CHARACTERS);
}
