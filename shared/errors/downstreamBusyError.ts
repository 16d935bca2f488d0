import { GatewayError } from "./gatewayError.ts";

/** No connection to the API became free in time, or too many calls wait for one already. The API may be well. */
export class DownstreamBusyError extends GatewayError {
  override readonly name = "DownstreamBusyError";
  readonly code = "downstream_busy";

  constructor(api: string, retryAfter: number) {
    super(`No connection to the downstream API ${api} is free: try again after ${retryAfter} s.`, {
      diagnosis: `All connections are in use (DownstreamApis__${api}__MaxConnections), and the call waited for DownstreamApis__${api}__QueueTimeoutSeconds, or the queue was full.`,
      members: { retryAfter },
    });
  }
}
