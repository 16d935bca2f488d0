import type { GatewaySettings } from "../config/settings.ts";
import { GatewayAuthenticationRequiredError } from "../errors/gatewayAuthenticationRequiredError.ts";
import { InvalidRequestError } from "../errors/invalidRequestError.ts";
import { InvalidTokenError } from "../errors/invalidTokenError.ts";
import { TokenExpiredError } from "../errors/tokenExpiredError.ts";
import type { Secret } from "../secret.ts";
import type { TokenVerifierOptions, VerifiedToken } from "./tokenVerifier.ts";
import { clientAppIdOf, scopesOf, TokenVerifier } from "./tokenVerifier.ts";

/** Whether the caller is a gateway that may hand over users' tokens: API Management, by its own token for this app. */
export class GatewayAuthenticator {
  readonly #allowed: ReadonlySet<string>;
  readonly #verifier: TokenVerifier;

  constructor({ allowedPrincipals }: GatewaySettings, options: TokenVerifierOptions) {
    this.#allowed = new Set(allowedPrincipals);
    this.#verifier = new TokenVerifier(options);
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
    if (scopesOf(claims).length > 0) {
      throw new GatewayAuthenticationRequiredError(
        "Authorization carries a user's token: the call came past the gateway.",
      );
    }
    const principals = [claims.oid, clientAppIdOf(claims)].filter((id) => typeof id === "string");
    if (!principals.some((id) => this.#allowed.has(id.toLowerCase()))) {
      const who = principals.length === 0 ? "(none named)" : principals.join(" / ");
      throw new GatewayAuthenticationRequiredError(`The principal ${who} is not in Gateway__AllowedPrincipals.`);
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
