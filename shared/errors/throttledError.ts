import type { ProblemMembers } from "./gatewayError.ts";
import { GatewayError } from "./gatewayError.ts";

/** HTTP 429 of the token endpoint. It concerns this user and this API: others go on. */
export class ThrottledError extends GatewayError {
  override readonly name = "ThrottledError";
  readonly code = "throttled";

  constructor(members: ProblemMembers & { readonly retryAfter: number }, diagnosis: string) {
    super(`Too many token requests for this user: try again after ${members.retryAfter} s.`, { members, diagnosis });
  }
}
