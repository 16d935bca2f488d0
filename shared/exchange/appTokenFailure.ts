import { ConsentRequiredError } from "../errors/consentRequiredError.ts";
import type { GatewayError } from "../errors/gatewayError.ts";
import { GatewayMisconfiguredError } from "../errors/gatewayMisconfiguredError.ts";
import { InteractionRequiredError } from "../errors/interactionRequiredError.ts";
import { InvalidTokenError } from "../errors/invalidTokenError.ts";

/**
 * A failure to get the app's own token, as the caller meets it: no user took part, so none can cure it by signing in or
 * consenting, and a client told to try would do so for ever. Conditional Access can hold off apps too.
 */
export function appTokenFailure(failure: GatewayError): GatewayError {
  const aboutUsers =
    failure instanceof InteractionRequiredError ||
    failure instanceof ConsentRequiredError ||
    failure instanceof InvalidTokenError;
  if (!aboutUsers) return failure;
  return new GatewayMisconfiguredError(`The app's own token was refused. ${failure.diagnosis ?? ""}`, {
    cause: failure,
  });
}
