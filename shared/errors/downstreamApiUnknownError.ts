import { GatewayError } from "./gatewayError.ts";

export class DownstreamApiUnknownError extends GatewayError {
  override readonly name = "DownstreamApiUnknownError";
  readonly code = "downstream_api_unknown";

  constructor() {
    super("No downstream API of that name is configured.", {
      diagnosis:
        "Downstream APIs are the settings DownstreamApis__<name>__BaseUrl and __Scopes; names are compared exactly.",
    });
  }
}
