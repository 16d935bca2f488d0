import { InvalidRequestError } from "../errors/invalidRequestError.ts";
import { InvalidTokenError } from "../errors/invalidTokenError.ts";
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

const COMPACT_PARTS = 3;
const DIGIT = "[A-Za-z0-9_-]";
// One part, which may be empty: whole groups of four digits, then a rest of two or three whose spare bits are zero.
const PART = `(?:${DIGIT}{4})*(?:${DIGIT}[AQgw]|${DIGIT}{2}[AEIMQUYcgkosw048])?`;
const COMPACT_JWS = new RegExp(`^${PART}\\.${PART}\\.${PART}$`);

/**
 * Demands the one spelling of a signed JWT: base64url without padding (RFC 7515, 2), spare bits zero (RFC 4648, 3.5).
 * Decoders accept more: the last digit of an RS256 signature alone has 16 spellings. Caches know a token by its text, so
 * each spelling would cost an exchange.
 * @throws InvalidTokenError
 */
export function demandCanonicalJws(token: Secret): void {
  const text = token.reveal();
  if (COMPACT_JWS.test(text)) return;
  throw new InvalidTokenError(
    text.split(".").length === COMPACT_PARTS
      ? "The access token is not written in base64url without padding (RFC 7515, section 2)."
      : "The access token is not a JWT.",
  );
}
