import { InvalidTargetError } from "../errors/invalidTargetError.ts";

const MAX_TARGET_CHARACTERS = 8_192;
/** Visible ASCII; the path ends before `?`, and a fragment has no place in a request. */
const PATH = /^[\x21\x22\x24-\x3e\x40-\x7e]*$/;
const QUERY = /^(\?[\x21\x22\x24-\x7e]*)?$/;
/**
 * The encoded forms of `/`, `\` and `.`: servers differ in when they decode them. %00-%1F, %7F and %C2%80-%C2%9F: control
 * characters.
 */
const AMBIGUOUS_OCTET = /%(?:[01][0-9a-f]|7f|c2%[89][0-9a-f]|2f|5c|2e)/i;
/**
 * The Functions host hands `%2F` and `%252F` on as `%252F`: what the caller meant cannot be known. `%u` is how IIS once
 * wrote a character.
 */
const DOUBLY_ENCODED = /%25(?:[0-9a-f]{2}|u[0-9a-f]{4})/i;
const BROKEN_ENCODING = /%(?![0-9a-f]{2})/i;
/** Also with parameters or spaces behind it: some servers drop those before they resolve the segment. */
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:%20)*(?:[/;]|%3b|$)/i;

/**
 * Joins the rest of the caller's path and the query, byte for byte, to a downstream API's base path. Whatever a server
 * could read as leading elsewhere is refused, not repaired.
 * @param rest empty, or beginning with a slash
 * @param query empty, or beginning with a question mark
 * @throws InvalidTargetError
 */
export function targetPath(basePath: string, rest: string, query: string): string {
  if (rest.length + query.length > MAX_TARGET_CHARACTERS) refuse(`is longer than ${MAX_TARGET_CHARACTERS} characters`);
  if (rest !== "" && !rest.startsWith("/")) refuse("does not begin with a slash");
  if (!PATH.test(rest) || !QUERY.test(query)) refuse("holds a character that must be percent-encoded");
  if (rest.includes("\\")) refuse("holds a backslash");
  if (rest.includes("//")) refuse("holds an empty segment");
  if (BROKEN_ENCODING.test(rest)) refuse("holds a percent sign that encodes nothing");
  if (AMBIGUOUS_OCTET.test(rest) || DOUBLY_ENCODED.test(rest))
    refuse("holds an encoded slash, backslash, dot or control character");
  if (!isUtf8(rest)) refuse("holds octets that are no UTF-8");
  if (DOT_SEGMENT.test(rest)) refuse("holds a dot segment");
  return `${basePath}${rest}` === "" ? `/${query}` : `${basePath}${rest}${query}`;
}

/** Overlong forms are none (RFC 3629, 3), so that no octets hide a character that is looked for above. */
function isUtf8(path: string): boolean {
  if (!path.includes("%")) return true;
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function refuse(why: string): never {
  throw new InvalidTargetError(`The path after the downstream API's name cannot be forwarded: it ${why}.`);
}
