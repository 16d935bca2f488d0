import { GatewayError } from "./gatewayError.ts";

/** The request itself is malformed (RFC 6750, 3.1: `invalid_request`). */
export class InvalidRequestError extends GatewayError {
  override readonly name = "InvalidRequestError";
  readonly code = "invalid_request";

  constructor(message: string) {
    super(message, { challenge: { error: "invalid_request", errorDescription: message } });
  }
}
