import { GatewayError } from "./gatewayError.ts";

export class IdentityProviderTimeoutError extends GatewayError {
  override readonly name = "IdentityProviderTimeoutError";
  readonly code = "identity_provider_timeout";

  constructor(limitMs: number) {
    super("The identity provider did not answer in time.", {
      diagnosis: `No answer within ${limitMs} ms (AzureAd__RequestTimeoutSeconds).`,
    });
  }
}
