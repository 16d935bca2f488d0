import { GatewayError } from "./gatewayError.ts";

/** The body is longer than this downstream API may get. */
export class RequestTooLargeError extends GatewayError {
  override readonly name = "RequestTooLargeError";
  readonly code = "request_too_large";

  constructor(apiName: string, maxBytes: number) {
    super(`A request body for the downstream API ${apiName} may have ${maxBytes} bytes.`, {
      diagnosis: `The limit is DownstreamApis__${apiName}__MaxRequestBodyBytes.`,
    });
  }
}
