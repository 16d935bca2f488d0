import { GatewayError } from "./gatewayError.ts";

/** No connection, or an answer that is not HTTP. */
export class DownstreamUnreachableError extends GatewayError {
  override readonly name = "DownstreamUnreachableError";
  readonly code = "downstream_unreachable";

  constructor(api: string, cause: unknown) {
    super(`The downstream API ${api} cannot be reached.`, { cause });
  }
}
