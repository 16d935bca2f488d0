// What Node's lenient parser lets in and Kestrel does not. Compared with dotnet/aspnetcore: the rules for Host
// (Http1Connection.EnsureHostHeaderExists, HttpUtilities.IsHostHeaderValid, HttpCharacters), a final coding that is not
// chunked (Http1MessageBody.For), whitespace in names (HttpParser), 414 and 431 (BadHttpRequestException). Not compared: 505,
// that values are read as UTF-8, and what becomes of the connection; those are as we understand them.
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { MAX_HEADER_BYTES, MAX_HEADERS, MAX_REQUEST_LINE_BYTES } from "./timeouts.ts";

const NOT_ASCII = /[\x80-\xff]/;
const WHITESPACE = /[\t ]/;
const HOST = /^(?:(?:\[[0-9A-Fa-f:.]{3,}\]|[A-Za-z0-9!$&'()\-._~]+)(?::[0-9]+)?)?$/;
const AUTHORITY = /^https?:\/\/([^/?#]*)/i;
const CHUNKED_LAST = /(?:^|,)[ \t]*chunked[ \t]*$/i;
/** ": " and the line end of a header field. */
const FIELD_OVERHEAD_BYTES = 4;

/** The status with which Kestrel turns a request away, by its size or its bytes. */
export function kestrelRefusal(request: IncomingMessage): number | undefined {
  const { url = "", method = "", httpVersion } = request;
  if (url.length + method.length > MAX_REQUEST_LINE_BYTES) return 414;
  if (httpVersion !== "1.1" && httpVersion !== "1.0") return 505;
  return badFields(request) ? 400 : tooMuch(request) ? 431 : undefined;
}

/** Whether servers differ in where this request ends: its connection is good for no other. */
export function hasDoubtfulEnd({ headers, rawHeaders }: IncomingMessage): boolean {
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && (headers["content-length"] !== undefined || !CHUNKED_LAST.test(coding))) return true;
  return names(rawHeaders).some((name) => WHITESPACE.test(name));
}

function badFields({ url = "", headers, rawHeaders }: IncomingMessage): boolean {
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && !CHUNKED_LAST.test(coding)) return true;
  const lowerNames = names(rawHeaders).map((name) => name.toLowerCase());
  if (lowerNames.some((name) => WHITESPACE.test(name))) return true;
  const host = headers.host ?? "";
  if (lowerNames.filter((name) => name === "host").length > 1 || !HOST.test(host)) return true;
  const [, authority] = AUTHORITY.exec(url) ?? [];
  if (authority !== undefined && authority !== host) return true;
  // Kestrel reads header values as UTF-8; Node gives their bytes as Latin-1.
  return rawHeaders.some((text) => NOT_ASCII.test(text) && !isUtf8(Buffer.from(text, "latin1")));
}

function tooMuch({ rawHeaders }: IncomingMessage): boolean {
  const fields = rawHeaders.length / 2;
  const bytes = rawHeaders.reduce((sum, text) => sum + text.length, fields * FIELD_OVERHEAD_BYTES);
  return bytes > MAX_HEADER_BYTES || fields > MAX_HEADERS;
}

function names(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 0);
}
