import { InvalidRequestError } from "../errors/invalidRequestError.ts";
import { TokenMissingError } from "../errors/tokenMissingError.ts";
import { Secret } from "../secret.ts";

// RFC 6750, 2.1: the scheme (case-insensitive, RFC 9110, 11.1), spaces, b64token. Two headers joined do not match.
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
const SCHEME = /^Bearer(?: |$)/i;

/**
 * The token of an `Authorization: Bearer` header.
 * @throws TokenMissingError for none, or another scheme; InvalidRequestError for a malformed one.
 */
export function bearerToken(header: string | undefined): Secret {
  if (header === undefined || !SCHEME.test(header)) throw new TokenMissingError();
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw new InvalidRequestError("The Authorization header is not one Bearer token.");
  return new Secret(token);
}
