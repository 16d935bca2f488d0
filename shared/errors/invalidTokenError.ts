import type { GatewayErrorOptions } from "./gatewayError.ts";
import { GatewayError } from "./gatewayError.ts";

/** The token is forged, malformed, for someone else, or rejected by Entra ID as an assertion. */
export class InvalidTokenError extends GatewayError {
  override readonly name = "InvalidTokenError";
  readonly code = "invalid_token";

  constructor(message: string, options: Omit<GatewayErrorOptions, "challenge"> = {}) {
    super(message, { ...options, challenge: { error: "invalid_token", errorDescription: message } });
  }
}
