import { GatewayError } from "./gatewayError.ts";

/** The user's own calls to this API use up the cap per user. Other users are not affected. */
export class TooManyConcurrentCallsError extends GatewayError {
  override readonly name = "TooManyConcurrentCallsError";
  readonly code = "too_many_concurrent_calls";

  constructor(api: string, maxCalls: number, retryAfter: number) {
    super(
      `This user has the most calls to the downstream API ${api} under way that one user may have (${maxCalls}): end some, or try again after ${retryAfter} s.`,
      {
        diagnosis: `The cap is DownstreamApis__${api}__MaxConcurrentCallsPerUser; the call waited for DownstreamApis__${api}__QueueTimeoutSeconds, or the user's queue was full.`,
        members: { retryAfter },
      },
    );
  }
}
