import { InvalidRequestError } from "../errors/invalidRequestError.ts";
import { TokenMissingError } from "../errors/tokenMissingError.ts";
import { B64_TOKEN } from "../http/b64Token.ts";
import { Secret } from "../secret.ts";

// RFC 6750, 2.1; the scheme in any case (RFC 9110, 11.1).
const SCHEME = /^Bearer(?: +|$)/i;

/**
 * What an `Authorization: Bearer` header carries. Whether that is a token at all, `demandB64Token` says when it is
 * verified: it looks at each character, and need not where a cache knows the token to be valid.
 * @throws TokenMissingError for none, or another scheme
 */
export function bearerToken(header: string | undefined): Secret {
  const scheme = SCHEME.exec(header ?? "");
  if (header === undefined || scheme === null) throw new TokenMissingError();
  return new Secret(header.slice(scheme[0].length));
}

/** @throws InvalidRequestError for what a Bearer header cannot carry, like two tokens of headers that were joined. */
export function demandB64Token(token: Secret): void {
  if (!B64_TOKEN.test(token.reveal()))
    throw new InvalidRequestError("The Authorization header is not one Bearer token.");
}
