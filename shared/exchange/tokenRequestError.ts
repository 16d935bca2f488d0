import { AuthError } from "@azure/msal-node";
import type { TokenErrorAnswer } from "./tokenAnswer.ts";

/** How a token request ended, when not with a token. */
export type TokenRequestOutcome =
  /** Entra ID's own error (RFC 6749, 5.2, with Microsoft's members). */
  | {
      readonly kind: "error";
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly answer: TokenErrorAnswer;
    }
  /** An HTTP answer that is not the protocol. */
  | {
      readonly kind: "garbled";
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly reason: string;
    }
  | { readonly kind: "timeout"; readonly limitMs: number }
  | { readonly kind: "unreachable"; readonly cause: unknown };

/**
 * Raised by our network client inside MSAL. MSAL passes errors of its own base class on untouched, and so never
 * comes to where it would write a refusal into its throttling cache, which would hit every other user of the scope.
 */
export class TokenRequestError extends AuthError {
  readonly outcome: TokenRequestOutcome;

  constructor(outcome: TokenRequestOutcome) {
    super(`token_request_${outcome.kind}`, "", "The token request failed.");
    // MSAL's constructor sets its own prototype.
    Object.setPrototypeOf(this, TokenRequestError.prototype);
    this.name = "TokenRequestError";
    this.outcome = outcome;
  }
}
