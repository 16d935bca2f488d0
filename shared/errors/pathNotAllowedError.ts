import { GatewayError } from "./gatewayError.ts";

/** The operator opened other parts of this downstream API only. */
export class PathNotAllowedError extends GatewayError {
  override readonly name = "PathNotAllowedError";
  readonly code = "path_not_allowed";

  constructor(apiName: string) {
    super(`This path of the downstream API ${apiName} is not open here.`, {
      diagnosis: `The path is below none of DownstreamApis__${apiName}__AllowedPathPrefixes; case counts.`,
    });
  }
}
