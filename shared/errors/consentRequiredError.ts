import type { ProblemMembers } from "./gatewayError.ts";
import { GatewayError } from "./gatewayError.ts";

/** Neither the user nor an administrator agreed that the gateway may call this downstream API for the user. */
export class ConsentRequiredError extends GatewayError {
  override readonly name = "ConsentRequiredError";
  readonly code = "consent_required";

  constructor(scopes: readonly string[], consentUri: string, members: ProblemMembers, diagnosis: string) {
    super(`Consent to ${scopes.join(" ")} is missing: an administrator, or the user, must grant it at consentUri.`, {
      diagnosis,
      members: { ...members, scopes, consentUri },
      challenge: { error: "insufficient_scope", scope: scopes, consentUri },
    });
  }
}
