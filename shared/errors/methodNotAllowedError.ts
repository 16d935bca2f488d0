import { GatewayError } from "./gatewayError.ts";

/** The operator opened this downstream API for other verbs only (RFC 9110, 15.5.6: `Allow` names them). */
export class MethodNotAllowedError extends GatewayError {
  override readonly name = "MethodNotAllowedError";
  readonly code = "method_not_allowed";

  /** @param by what asked for another verb than the request line's; undefined: the request line itself */
  constructor(apiName: string, allowed: readonly string[], by?: string) {
    const verbs = `The downstream API ${apiName} takes ${allowed.join(", ")} here`;
    super(by === undefined ? `${verbs}.` : `${verbs}, and ${by} asks for another method.`, {
      allow: allowed,
      diagnosis: `DownstreamApis__${apiName}__AllowedMethods does not list the method.`,
    });
  }
}
