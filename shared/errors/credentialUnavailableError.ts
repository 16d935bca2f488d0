import { GatewayError } from "./gatewayError.ts";

/** No client credential could be loaded (Key Vault is down or refuses, a file is missing). */
export class CredentialUnavailableError extends GatewayError {
  override readonly name = "CredentialUnavailableError";
  readonly code = "credential_unavailable";

  constructor(diagnosis: string, retryAfter: number, cause?: unknown) {
    super(`The gateway cannot prove itself to the identity provider: try again after ${retryAfter} s.`, {
      diagnosis,
      members: { retryAfter },
      cause,
    });
  }
}
