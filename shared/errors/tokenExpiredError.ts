import { GatewayError } from "./gatewayError.ts";

/** The token was good once: the client gets a new one, silently as a rule. */
export class TokenExpiredError extends GatewayError {
  override readonly name = "TokenExpiredError";
  readonly code = "token_expired";

  constructor() {
    const message = "The access token expired. Get a new one and try again.";
    super(message, { challenge: { error: "invalid_token", errorDescription: message } });
  }
}
