import { GatewayError } from "./gatewayError.ts";

/** The user's client did not ask for a scope that this API demands. */
export class InsufficientScopeError extends GatewayError {
  override readonly name = "InsufficientScopeError";
  readonly code = "insufficient_scope";

  constructor(required: readonly string[]) {
    const message =
      required.length === 1
        ? `The access token lacks the scope ${required[0]}.`
        : `The access token has none of the scopes ${required.join(", ")}.`;
    super(message, {
      members: { scopes: required },
      challenge: { error: "insufficient_scope", errorDescription: message, scope: required },
    });
  }
}
