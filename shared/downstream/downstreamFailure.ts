import type { DownstreamApiSettings } from "../config/settings.ts";
import { DownstreamTimeoutError, DownstreamUnreachableError, GatewayError } from "../errors/errors.ts";
import { errors } from "../net/undici.ts";
import type { GivenUp } from "./callDeadline.ts";

/** How a call that brought no answer looks to the caller. */
export function downstreamFailure(error: unknown, givenUp: GivenUp | undefined, api: DownstreamApiSettings): Error {
  if (givenUp instanceof Error) return givenUp;
  // Of our own making, like that of a body which is too long.
  if (error instanceof GatewayError) return error;
  const limit = passedLimit(error, givenUp, api);
  if (limit === undefined) return new DownstreamUnreachableError(api.name, error);
  const [setting, limitMs] = limit;
  return new DownstreamTimeoutError(api.name, `${limitMs} ms passed (DownstreamApis__${api.name}__${setting}).`, error);
}

function passedLimit(
  error: unknown,
  givenUp: GivenUp | undefined,
  api: DownstreamApiSettings,
): [string, number] | undefined {
  if (givenUp === "total timeout") return ["TotalTimeoutSeconds", api.totalTimeoutMs];
  if (error instanceof errors.ConnectTimeoutError) return ["ConnectTimeoutSeconds", api.connectTimeoutMs];
  if (error instanceof errors.HeadersTimeoutError) return ["ResponseTimeoutSeconds", api.responseTimeoutMs];
  if (error instanceof errors.BodyTimeoutError) return ["IdleTimeoutSeconds", api.idleTimeoutMs];
  return undefined;
}
