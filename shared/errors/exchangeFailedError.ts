import type { GatewayErrorOptions } from "./gatewayError.ts";
import { GatewayError } from "./gatewayError.ts";

/** The token endpoint answered something that is not the protocol, or a failure we have no better name for. */
export class ExchangeFailedError extends GatewayError {
  override readonly name = "ExchangeFailedError";
  readonly code = "exchange_failed";

  constructor(options: Omit<GatewayErrorOptions, "challenge">) {
    super("The token for this downstream API could not be obtained.", options);
  }
}
