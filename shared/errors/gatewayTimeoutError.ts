import { GatewayError } from "./gatewayError.ts";

/** The whole call took longer than a function may run: the host would end the worker, with every other call in it. */
export class GatewayTimeoutError extends GatewayError {
  override readonly name = "GatewayTimeoutError";
  readonly code = "gateway_timeout";

  constructor(limitMs: number) {
    super("The call took longer than it may.", {
      diagnosis: `${limitMs} ms passed: functionTimeout (host.json, AzureFunctionsJobHost__functionTimeout), less a margin.`,
    });
  }
}
