import type { ProblemMembers } from "./gatewayError.ts";
import { GatewayError } from "./gatewayError.ts";

/**
 * Entra ID wants the user in front of a screen (multi-factor authentication, Conditional Access, a changed password).
 * The client signs in again, with `claims` where there are some, and comes back with a new token.
 */
export class InteractionRequiredError extends GatewayError {
  override readonly name = "InteractionRequiredError";
  readonly code = "interaction_required";

  constructor(members: ProblemMembers, diagnosis?: string) {
    const { claims } = members;
    const message =
      claims === undefined
        ? "The user must sign in again before this downstream API can be called."
        : "The user must sign in again with the given claims before this downstream API can be called.";
    super(message, {
      members,
      ...(diagnosis === undefined ? {} : { diagnosis }),
      // Without claims there is nothing to satisfy: then only a new token helps (RFC 6750, 3.1).
      challenge:
        claims === undefined
          ? { error: "invalid_token", errorDescription: message }
          : { error: "insufficient_claims", claims },
    });
  }
}
