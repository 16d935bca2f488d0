import { GatewayError } from "./gatewayError.ts";

/** The path could lead elsewhere than below the downstream API's base URL, so it is forwarded nowhere. */
export class InvalidTargetError extends GatewayError {
  override readonly name = "InvalidTargetError";
  readonly code = "invalid_target";
}
