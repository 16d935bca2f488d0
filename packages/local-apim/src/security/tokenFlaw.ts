import { errors } from "jose";
import { OpenIdUnavailableError } from "./openIdConfigurations.ts";

/** Reasons of learn.microsoft.com/azure/api-management/api-management-error-handling-policies. */
export type TokenReason =
  | "TokenNotPresent"
  | "TokenExpired"
  | "TokenAudienceNotAllowed"
  | "TokenIssuerNotAllowed"
  | "TokenSignatureInvalid"
  | "TokenSignatureKeyNotFound"
  | "TokenClaimNotFound"
  | "TokenClaimValueNotAllowed"
  | "JwtInvalid";

/** Why a token does not pass. Its message never holds the token. */
export class TokenFlaw extends Error {
  override readonly name = "TokenFlaw";
  readonly reason: TokenReason;

  constructor(reason: TokenReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What an error of the JWT library means; undefined for one that is not about the token. */
export function flawOf(error: unknown): TokenFlaw | undefined {
  if (error instanceof TokenFlaw) return error;
  if (error instanceof errors.JWTExpired) {
    return new TokenFlaw("TokenExpired", "Lifetime validation failed. The token is expired. Access denied.");
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed) {
    return new TokenFlaw("TokenSignatureInvalid", "Signature validation failed. Access denied.");
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return new TokenFlaw("TokenSignatureKeyNotFound", "Unable to match the key of the token. Access denied.");
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const message = error.claim === "nbf" ? "The token is not yet valid." : `The claim '${error.claim}' is not valid.`;
    return new TokenFlaw("JwtInvalid", `Lifetime validation failed. ${message}`);
  }
  if (error instanceof OpenIdUnavailableError) return new TokenFlaw("JwtInvalid", error.message);
  if (error instanceof errors.JOSEError) return new TokenFlaw("JwtInvalid", "The token is not a well-formed JWT.");
  return undefined;
}

/** Whether another key may still fit. */
export function isAboutKey({ reason }: TokenFlaw): boolean {
  return reason === "TokenSignatureInvalid" || reason === "TokenSignatureKeyNotFound";
}
