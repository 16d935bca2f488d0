import type { ProblemMembers } from "./gatewayError.ts";
import { GatewayError } from "./gatewayError.ts";

/** Entra ID cannot be reached, or says itself that it is out of order. */
export class IdentityProviderUnavailableError extends GatewayError {
  override readonly name = "IdentityProviderUnavailableError";
  readonly code = "identity_provider_unavailable";

  /** Whether Entra ID itself named the time to wait. */
  readonly asksToWait: boolean;

  constructor(
    members: ProblemMembers & { readonly retryAfter: number },
    diagnosis: string,
    { cause, asksToWait = false }: { readonly cause?: unknown; readonly asksToWait?: boolean } = {},
  ) {
    super(`The identity provider is unavailable: try again after ${members.retryAfter} s.`, {
      members,
      diagnosis,
      cause,
    });
    this.asksToWait = asksToWait;
  }
}
