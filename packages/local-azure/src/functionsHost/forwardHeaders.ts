// Which header fields pass between caller and worker. The host is a YARP reverse proxy with the default transforms:
// a fixed set is dropped in both directions (names listed in `Connection` are not), X-Forwarded-* become its own.
const HOP_BY_HOP = [
  "alpn",
  "alt-svc",
  "close",
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "proxy-features",
  "proxy-instruction",
  "security-scheme",
  "te",
  "transfer-encoding",
  "upgrade",
];
const NOT_FORWARDED = new Set([
  ...HOP_BY_HOP,
  "host",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-prefix",
  // undici can neither send it nor wait for its answer; the front has answered 100-continue already.
  "expect",
]);
const NOT_RETURNED = new Set(HOP_BY_HOP);
const INVOCATION_ID = "x-ms-invocation-id";
const NOT_PRINTABLE_ASCII = /[^\t\x20-\x7e]/;

export interface ForwardedCall {
  readonly rawHeaders: readonly string[];
  readonly chunked: boolean;
  readonly invocationId: string;
  readonly host: string;
  readonly remoteAddress: string;
}

/**
 * The header fields of the request to the worker, flat. Repeated ones become one, joined with a comma (cookies with a
 * semicolon). A caller's own x-ms-invocation-id stays: the real host only adds its own where none is there.
 */
export function forwardHeaders(call: ForwardedCall): string[] {
  const headers: string[] = [];
  const positions = new Map<string, number>();
  for (let index = 0; index + 1 < call.rawHeaders.length; index += 2) {
    const name = call.rawHeaders[index] ?? "";
    const value = call.rawHeaders[index + 1] ?? "";
    const lowerName = name.toLowerCase();
    if (NOT_FORWARDED.has(lowerName) || (call.chunked && lowerName === "content-length")) continue;
    const position = positions.get(lowerName);
    if (position !== undefined) {
      headers[position] += `${lowerName === "cookie" ? "; " : ", "}${value}`;
      continue;
    }
    positions.set(lowerName, headers.length + 1);
    headers.push(name, value);
  }
  if (!positions.has(INVOCATION_ID)) headers.push(INVOCATION_ID, call.invocationId);
  headers.push("X-Forwarded-For", call.remoteAddress, "X-Forwarded-Host", call.host, "X-Forwarded-Proto", "http");
  return headers;
}

/**
 * False when a value would never reach the worker's handler: .NET refuses to send what is not ASCII, and the worker's
 * own HTTP parser refuses control characters. The call then waits for an invocation that never starts.
 */
export function canForward(rawHeaders: readonly string[]): boolean {
  return !rawHeaders.some((text) => NOT_PRINTABLE_ASCII.test(text));
}

/** A response header field that Kestrel refuses to write; the caller gets 500. */
export class ResponseHeaderError extends Error {
  override readonly name = "ResponseHeaderError";
}

/**
 * The header fields of the response to the caller, flat, repeated ones kept apart.
 * @throws ResponseHeaderError for a value that is not ASCII.
 */
export function returnHeaders(rawHeaders: readonly (Buffer | string)[]): string[] {
  const headers: string[] = [];
  let hasServer = false;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = text(rawHeaders[index]);
    const value = text(rawHeaders[index + 1]);
    const lowerName = name.toLowerCase();
    if (NOT_RETURNED.has(lowerName)) continue;
    if (NOT_PRINTABLE_ASCII.test(value)) throw new ResponseHeaderError(`The value of "${name}" is not ASCII.`);
    hasServer ||= lowerName === "server";
    headers.push(name, value);
  }
  if (!hasServer) headers.push("Server", "Kestrel");
  return headers;
}

function text(raw: Buffer | string | undefined): string {
  return typeof raw === "string" ? raw : (raw?.toString("latin1") ?? "");
}
