import { GatewayError } from "./gatewayError.ts";

export class IdentityProviderTimeoutError extends GatewayError {
  override readonly name = "IdentityProviderTimeoutError";
  readonly code = "identity_provider_timeout";

  /**
   * @param limitMs what `AzureAd__RequestTimeoutSeconds` comes to
   * @param purpose what was asked for, where it was not a token: it begins the diagnosis
   */
  constructor(limitMs: number, purpose = "", cause?: unknown) {
    super("The identity provider did not answer in time.", {
      diagnosis: `${purpose}No answer within ${limitMs} ms (AzureAd__RequestTimeoutSeconds).`,
      cause,
    });
  }
}
