import { InvalidTargetError } from "../errors/errors.ts";

const MAX_TARGET_CHARACTERS = 8_192;
/** Visible ASCII; the path ends before `?`, and a fragment has no place in a request. */
const PATH = /^[\x21\x22\x24-\x3e\x40-\x7e]*$/;
const QUERY = /^(\?[\x21\x22\x24-\x7e]*)?$/;
const BROKEN_ENCODING = /%(?![0-9a-f]{2})/i;
/** Servers differ in when they decode these. %C2%80 to %C2%9F are control characters too. */
const AMBIGUOUS_OCTETS: readonly (readonly [RegExp, string])[] = [
  [/%2f/i, "an encoded slash"],
  [/%5c/i, "an encoded backslash"],
  [/%2e/i, "an encoded dot"],
  [/%(?:[01][0-9a-f]|7f|c2%[89][0-9a-f])/i, "an encoded control character"],
];
/** In a path that was decoded once. `%u` is how IIS once wrote a character. */
const STILL_ENCODED = /%(?:[0-9a-f]{2}|u[0-9a-f]{4})/i;
/** Without one of these there is no dot segment, and folding is not worth its time. */
const DOT_OR_BEYOND_ASCII = /[.\u0080-\uffff]/;
/** An octet of UTF-8's multi-octet forms, encoded. */
const BEYOND_ASCII = /%[89a-f]/i;
/** Characters that show nothing: some servers and file systems drop them. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** What compatibility mappings (NFKC) leave, and Windows' best-fit tables make a slash or backslash. */
const LIKE_A_SLASH = /\u0338|\u20e5|[\\\u00a5\u2044\u20a9\u2215\u2216\u29f5\u29f8]/g;
/** Servers cut parameters off before they resolve a segment; one that parses a decoded path cuts off more. */
const PARAMETERS = /[;?#].*$/s;
/** `.` and `..`, and dots among spaces of any kind: Windows drops spaces and dots at a name's end. */
const DOTS = /^(?:\.{1,2}|(?=.*\.)(?=.*\s)[.\s]+)$/s;

/** Parameters of a query that are meant for API Management, in lower case. */
export const GATEWAY_PARAMETERS: ReadonlySet<string> = new Set(["subscription-key", "ocp-apim-subscription-key"]);

/**
 * Joins the rest of the client's path and the query, byte for byte, to a downstream API's base path. Refuses, and does not
 * repair, what a server could read as leading elsewhere. What is meant for API Management leaves the query.
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
  const plain = rest.includes("%") ? decodedOnce(rest) : rest;
  if (holdsDotSegment(plain)) refuse("holds a dot segment");
  const forwarded = withoutGatewayParameters(query);
  return `${basePath}${rest}` === "" ? `/${forwarded}` : `${basePath}${rest}${forwarded}`;
}

/** The decoded path, where one decoding is all that can be done to it. */
function decodedOnce(rest: string): string {
  if (BROKEN_ENCODING.test(rest)) refuse("holds a percent sign that encodes nothing");
  refuseAmbiguousOctets(rest);
  const decoded = decode(rest) ?? refuse("holds octets that are no UTF-8");
  if (!STILL_ENCODED.test(decoded)) return decoded;
  // The Functions host hands `%2F` on as `%252F` and `%FF` as `%25FF`: which of the two the client sent cannot be known.
  refuseAmbiguousOctets(decoded);
  if (BEYOND_ASCII.test(decoded)) refuse("holds octets that are no UTF-8, or something that is encoded twice");
  return refuse("holds something that is encoded twice");
}

function refuseAmbiguousOctets(path: string): void {
  const [, what] = AMBIGUOUS_OCTETS.find(([octet]) => octet.test(path)) ?? [];
  if (what !== undefined) refuse(`holds ${what}`);
}

/** Overlong forms are no UTF-8 (RFC 3629, 3), so no octets hide a character that is looked for here. */
function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Also one that only a server finds which maps look-alikes to ASCII, or drops what cannot be seen. */
function holdsDotSegment(decoded: string): boolean {
  if (!DOT_OR_BEYOND_ASCII.test(decoded)) return false;
  const folded = decoded.normalize("NFKC").replace(INVISIBLE, "").replace(LIKE_A_SLASH, "/");
  return folded.split("/").some((segment) => DOTS.test(segment.replace(PARAMETERS, "")));
}

function withoutGatewayParameters(query: string): string {
  if (query.length < 2) return query;
  const parameters = query.slice(1).split("&");
  const kept = parameters.filter((parameter) => !GATEWAY_PARAMETERS.has(parameterName(parameter)));
  if (kept.length === parameters.length) return query;
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

function parameterName(parameter: string): string {
  const name = parameter.split("=", 1)[0] ?? "";
  return (decode(name.replaceAll("+", " ")) ?? name).trim().toLowerCase();
}

function refuse(why: string): never {
  throw new InvalidTargetError(`The path after the downstream API's name cannot be forwarded: it ${why}.`);
}

/** What the URL parser would leave as it is: no segment is empty or begins with a dot, and nothing is encoded. */
const PLAIN = /^(?:\/[\w~-][\w.~-]*)+(?=$|\?)/;

/**
 * The path of a request target as a URL parser understands it, which resolves dot segments and takes backslashes for
 * slashes. Undefined: it leads to another origin, or is none.
 */
export function resolvedPath(target: string, origin: string): string | undefined {
  // Most are plain, and parsing takes longer than seeing that.
  const plain = PLAIN.exec(target);
  if (plain !== null) return plain[0];
  const url = target.startsWith("/") ? URL.parse(target, origin) : null;
  return url?.origin === origin ? url.pathname : undefined;
}

/**
 * Whether a path is a prefix itself or below it: segment by segment and byte for byte, so that `/me` holds for
 * `/me/messages` and not for `/meetings`.
 * @param prefix without a slash at its end; empty holds for every path
 */
export function isBelow(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || prefix === "" || path[prefix.length] === "/");
}
