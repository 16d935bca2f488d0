import { GatewayError } from "./gatewayError.ts";

export interface GatewayMisconfiguredOptions {
  readonly cause?: unknown;
  /** Whole seconds in which nothing is tried again. */
  readonly retryAfter?: number;
}

/** Entra ID rejected the gateway itself: its credential, its registration or the scopes it asks for. */
export class GatewayMisconfiguredError extends GatewayError {
  override readonly name = "GatewayMisconfiguredError";
  readonly code = "gateway_misconfigured";

  /** @param diagnosis what to fix; the caller is told nothing of it. */
  constructor(diagnosis: string, { cause, retryAfter }: GatewayMisconfiguredOptions = {}) {
    super("The gateway cannot obtain a token for this downstream API. Its operator can, with the correlation id.", {
      diagnosis,
      members: retryAfter === undefined ? {} : { retryAfter },
      cause,
    });
  }
}
