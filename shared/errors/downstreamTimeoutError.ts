import { GatewayError } from "./gatewayError.ts";

export class DownstreamTimeoutError extends GatewayError {
  override readonly name = "DownstreamTimeoutError";
  readonly code = "downstream_timeout";

  constructor(api: string, diagnosis: string, cause?: unknown) {
    super(`The downstream API ${api} did not answer in time.`, { diagnosis, cause });
  }
}
