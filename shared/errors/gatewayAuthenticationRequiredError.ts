import { GatewayError } from "./gatewayError.ts";

/** The call did not come through the gateway in front. Users' tokens alone open nothing then. */
export class GatewayAuthenticationRequiredError extends GatewayError {
  override readonly name = "GatewayAuthenticationRequiredError";
  readonly code = "gateway_authentication_required";

  constructor(diagnosis: string) {
    const message = "This address takes calls from its gateway only. Call the gateway's address instead.";
    super(message, { diagnosis, challenge: { error: "invalid_token", errorDescription: message } });
  }
}
