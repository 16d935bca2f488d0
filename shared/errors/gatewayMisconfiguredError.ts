import { GatewayError } from "./gatewayError.ts";

/** Entra ID rejected the gateway itself: its credential, its registration or the scopes it asks for. */
export class GatewayMisconfiguredError extends GatewayError {
  override readonly name = "GatewayMisconfiguredError";
  readonly code = "gateway_misconfigured";

  /** @param diagnosis what to fix; the caller is told nothing of it. */
  constructor(diagnosis: string, cause?: unknown) {
    super("The gateway cannot obtain a token for this downstream API. Its operator can, with the correlation id.", {
      diagnosis,
      cause,
    });
  }
}
