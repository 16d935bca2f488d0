import { errors } from "jose";
import { InvalidTokenError } from "../errors/invalidTokenError.ts";
import { TokenExpiredError } from "../errors/tokenExpiredError.ts";

const CLAIM_REFUSALS: Readonly<Record<string, string>> = {
  aud: "The access token is for another API (aud).",
  iss: "The access token is from another issuer (iss).",
  nbf: "The access token is not valid yet (nbf).",
};

/** jose's verdict in the words of RFC 6750. What is no verdict (keys not to be had) goes on as it is. */
export function tokenRefusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new TokenExpiredError();
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new InvalidTokenError(
      CLAIM_REFUSALS[error.claim] ?? `The access token's claim ${error.claim} is missing or wrong.`,
    );
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return new InvalidTokenError("The access token is signed with an algorithm other than RS256.");
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return new InvalidTokenError("The access token is signed with a key that is not its tenant's.");
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new InvalidTokenError("The access token's signature is not valid.");
  }
  if (error instanceof errors.JOSEError) {
    return new InvalidTokenError("The access token is not a well-formed signed JWT.", { cause: error });
  }
  return error;
}
