import { GatewayError } from "./gatewayError.ts";

/** It failed so often that it is left alone for a while: the API's circuit breaker is open. */
export class DownstreamUnavailableError extends GatewayError {
  override readonly name = "DownstreamUnavailableError";
  readonly code = "downstream_unavailable";

  constructor(api: string, retryAfter: number) {
    super(`The downstream API ${api} is left alone after many failures: try again after ${retryAfter} s.`, {
      diagnosis: `The circuit breaker is open (DownstreamApis__${api}__CircuitBreaker__Failures). The event circuit_opened says since when.`,
      members: { retryAfter },
    });
  }
}
