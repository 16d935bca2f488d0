import { GatewayError } from "./gatewayError.ts";

/** An app's own token has no user on whose behalf anything could be done. */
export class AppOnlyTokenError extends GatewayError {
  override readonly name = "AppOnlyTokenError";
  readonly code = "app_only_token";

  constructor() {
    const message = "The access token was issued to an app, without a user: it cannot be exchanged on behalf of one.";
    super(message, { challenge: { error: "insufficient_scope", errorDescription: message } });
  }
}
