import { GatewayError } from "./gatewayError.ts";

/** No token at all: RFC 6750, 3.1 wants a challenge without an error code then. */
export class TokenMissingError extends GatewayError {
  override readonly name = "TokenMissingError";
  readonly code = "token_missing";

  constructor() {
    super("Send the user's access token for this API: Authorization: Bearer <token>.", { challenge: {} });
  }
}
