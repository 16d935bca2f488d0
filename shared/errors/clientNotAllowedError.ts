import { GatewayError } from "./gatewayError.ts";

/** The token is good, but the app it was issued to is not on the list of those that may call. */
export class ClientNotAllowedError extends GatewayError {
  override readonly name = "ClientNotAllowedError";
  readonly code = "client_not_allowed";

  constructor(clientAppId: string | undefined) {
    const message = "The client app that this token was issued to may not call this API.";
    super(message, {
      diagnosis: `Client app ${clientAppId ?? "(none named in the token)"} is not in AzureAd__AllowedClientApplications.`,
      challenge: { error: "insufficient_scope", errorDescription: message },
    });
  }
}
