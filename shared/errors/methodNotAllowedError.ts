import { GatewayError } from "./gatewayError.ts";

/** The operator opened this downstream API for other verbs only (RFC 9110, 15.5.6: `Allow` names them). */
export class MethodNotAllowedError extends GatewayError {
  override readonly name = "MethodNotAllowedError";
  readonly code = "method_not_allowed";

  constructor(apiName: string, allowed: readonly string[]) {
    super(`The downstream API ${apiName} takes ${allowed.join(", ")} here.`, {
      allow: allowed,
      diagnosis: `DownstreamApis__${apiName}__AllowedMethods does not list the verb.`,
    });
  }
}
