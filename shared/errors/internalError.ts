import { GatewayError } from "./gatewayError.ts";

/** Something that should not happen did. The caller learns nothing but the correlation id; the log has the stack. */
export class InternalError extends GatewayError {
  override readonly name = "InternalError";
  readonly code = "internal_error";

  constructor(cause: unknown) {
    super("Something unexpected happened. The operator finds it in the log under the correlation id.", { cause });
  }
}
