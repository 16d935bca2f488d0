import { GatewayError } from "./gatewayError.ts";

/** The address belongs to none of the gateway's functions. */
export class NotFoundError extends GatewayError {
  override readonly name = "NotFoundError";
  readonly code = "not_found";
}
