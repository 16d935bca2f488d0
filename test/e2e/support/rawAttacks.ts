import type { Front } from "./rawAttack.ts";

export const FRONTS = ["Functions host", "function app alone", "API Management"] as const;
export type FrontName = (typeof FRONTS)[number];

/** Bytes that could be read in more ways than one, and the one reading in which they may reach a downstream API. */
export interface Attack {
  readonly what: string;
  readonly bytes: (front: Front) => string;
  /** `bytes` is a request of this method; GET unless told. */
  readonly method?: string;
  /** What the downstream API may get at the most, should it get anything: else a GET of /case without a body. */
  readonly means?: { readonly targets?: readonly string[]; readonly body?: () => string };
  /** Where no answer comes. */
  readonly hangsAt?: readonly FrontName[];
}

const HELLO = "5\r\nhello\r\n0\r\n\r\n";

/** A request head for /case. `lines` without the last line end. */
function head(front: Front, method: string, lines: string): string {
  return `${method} ${front.path}/case HTTP/1.1\r\nHost: gateway\r\n${front.fields()}${lines}\r\n\r\n`;
}

/** What must never be taken for a request of its own. */
function smuggled(front: Front): string {
  return `GET ${front.path}/smuggled HTTP/1.1\r\nHost: gateway\r\n${front.fields()}\r\n`;
}

/** A POST whose framing fields are these, and whose body is this. */
function post(what: string, fields: string, body: string, means = "hello"): Attack {
  return { what, method: "POST", means: { body: () => means }, bytes: (front) => head(front, "POST", fields) + body };
}

/** A POST with a length and a transfer coding: the one ends behind the hidden request, the other before it. */
function twoEnds(what: string, coding: (length: number) => string): Attack {
  return {
    what,
    method: "POST",
    means: { body: () => "" },
    bytes: (front) => {
      const body = `0\r\n\r\n${smuggled(front)}`;
      return head(front, "POST", coding(body.length)) + body;
    },
  };
}

function get(what: string, bytes: Attack["bytes"], more: Partial<Attack> = {}): Attack {
  return { what, bytes, ...more };
}

/** A GET with these fields. */
function field(what: string, lines: string, more: Partial<Attack> = {}): Attack {
  return { what, bytes: (front) => head(front, "GET", lines), ...more };
}

/** A GET whose first line is this. */
function line(what: string, first: (path: string) => string, method = "GET", more: Partial<Attack> = {}): Attack {
  return {
    what,
    method,
    bytes: (front) => `${first(front.path)}\r\nHost: gateway\r\n${front.fields()}\r\n`,
    ...more,
  };
}

/** A GET with these lines for Host. */
function host(what: string, lines: string): Attack {
  return { what, bytes: (front) => `GET ${front.path}/case HTTP/1.1\r\n${lines}${front.fields()}\r\n` };
}

const CODINGS = [
  "xchunked",
  "\x0bchunked",
  '"chunked"',
  "chunked, identity",
  "identity, chunked",
  "gzip, chunked",
  "chunked, chunked",
  "chunked,",
  "chunked;q=1",
  "chunKED",
];
const LENGTHS = ["+5", "05", "-5", "0x5", "5a", "5,", "5, 5", "5, 6", "5 5", "5.0", "1e1", "", "18446744073709551621"];
const SIZES = [
  "5;a=b",
  '5;a="b\r\nc"',
  "0x5",
  "+5",
  "-5",
  "05",
  " 5",
  "5 ",
  "5\t",
  "ffffffffffffffff5",
  "10000000000000005",
];

export const FRAMING: readonly Attack[] = [
  twoEnds(
    "Content-Length before Transfer-Encoding",
    (length) => `Content-Length: ${length}\r\nTransfer-Encoding: chunked`,
  ),
  twoEnds(
    "Transfer-Encoding before Content-Length",
    (length) => `Transfer-Encoding: chunked\r\nContent-Length: ${length}`,
  ),
  post("a length within the chunks", "Content-Length: 4\r\nTransfer-Encoding: chunked", HELLO),
  ...CODINGS.map((coding) =>
    twoEnds(
      `Transfer-Encoding: ${JSON.stringify(coding)}`,
      (length) => `Content-Length: ${length}\r\nTransfer-Encoding: ${coding}`,
    ),
  ),
  ...CODINGS.map((coding) =>
    post(`only Transfer-Encoding: ${JSON.stringify(coding)}`, `Transfer-Encoding: ${coding}`, HELLO),
  ),
  twoEnds(
    "Transfer-Encoding twice",
    (length) => `Content-Length: ${length}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity`,
  ),
  twoEnds("a space before its colon", (length) => `Content-Length: ${length}\r\nTransfer-Encoding : chunked`),
  twoEnds("a tab before its colon", (length) => `Content-Length: ${length}\r\nTransfer-Encoding\t: chunked`),
  twoEnds("Transfer-Encoding folded", (length) => `Content-Length: ${length}\r\nTransfer-Encoding:\r\n chunked`),
  post("Transfer_Encoding", "Content-Length: 5\r\nTransfer_Encoding: chunked", "0\r\n\r\n", "0\r\n\r\n"),
  post("two equal lengths", "Content-Length: 5\r\nContent-Length: 5", "hello"),
  post("two lengths, the longer one first", "Content-Length: 6\r\nContent-Length: 5", "hello\n"),
  post("two lengths, the shorter one first", "Content-Length: 5\r\nContent-Length: 6", "hello\n"),
  ...LENGTHS.map((length) => post(`Content-Length: ${JSON.stringify(length)}`, `Content-Length: ${length}`, "hello")),
  post("a space before the length's colon", "Content-Length : 5", "hello"),
  ...SIZES.map((size) =>
    post(`a chunk's size of ${JSON.stringify(size)}`, "Transfer-Encoding: chunked", `${size}\r\nhello\r\n0\r\n\r\n`),
  ),
  post("a bare line feed behind a chunk's size", "Transfer-Encoding: chunked", "5\nhello\r\n0\r\n\r\n"),
  post("a bare carriage return behind a chunk's size", "Transfer-Encoding: chunked", "5\rhello\r\n0\r\n\r\n"),
  post("a bare line feed behind a chunk", "Transfer-Encoding: chunked", "5\r\nhello\n0\r\n\r\n"),
  post("a chunk longer than said", "Transfer-Encoding: chunked", "3\r\nhello\r\n0\r\n\r\n"),
  post(
    "trailers with forbidden names",
    "Transfer-Encoding: chunked\r\nTrailer: Authorization",
    "5\r\nhello\r\n0\r\nAuthorization: Bearer evil\r\nContent-Length: 9\r\nX-Trailer: 1\r\n\r\n",
  ),
  post(
    "a request in a body",
    "Content-Length: 46",
    "GET /smuggled HTTP/1.1\r\nHost: elsewhere.ex\r\n\r\n",
    "GET /smuggled HTTP/1.1\r\nHost: elsewhere.ex\r\n\r\n",
  ),
  post(
    "a request in a chunk",
    "Transfer-Encoding: chunked",
    "1c\r\nGET /smuggled HTTP/1.1\r\n\r\n\r\n\r\n0\r\n\r\n",
    "GET /smuggled HTTP/1.1\r\n\r\n\r\n",
  ),
  {
    what: "GET with a body",
    means: { body: () => "hello" },
    bytes: (front) => `${head(front, "GET", "Content-Length: 5")}hello`,
  },
  {
    what: "GET with chunks",
    means: { body: () => "hello" },
    bytes: (front) => head(front, "GET", "Transfer-Encoding: chunked") + HELLO,
  },
  {
    what: "HEAD with a body",
    method: "HEAD",
    means: { body: () => "hello" },
    bytes: (front) => `${head(front, "HEAD", "Content-Length: 5")}hello`,
  },
  {
    what: "DELETE with a body",
    method: "DELETE",
    means: { body: () => "hello" },
    bytes: (front) => `${head(front, "DELETE", "Content-Length: 5")}hello`,
  },
];

export const HEADS: readonly Attack[] = [
  get("bare line feeds", (front) => head(front, "GET", "X-Case: 1").replaceAll("\r\n", "\n")),
  get("bare carriage returns", (front) => head(front, "GET", "X-Case: 1").replaceAll("\r\n", "\r")),
  field("a bare carriage return in a value", "X-Case: a\rX-Evil: 1"),
  field("a bare line feed in a value", "X-Case: a\nX-Evil: 1"),
  field("a folded value", "X-Case: a\r\n X-Evil: 1"),
  field("a value folded with a tab", "X-Case: a\r\n\tX-Evil: 1"),
  field("NUL in a value", "X-Case: a\0b", { hangsAt: ["Functions host"] }),
  field("another control character in a value", "X-Case: a\x01b", { hangsAt: ["Functions host"] }),
  field("a space before the colon", "X-Case : 1"),
  field("a tab before the colon", "X-Case\t: 1"),
  field("a space in a name", "X Case: 1"),
  field("a control character in a name", "X\x01Case: 1"),
  field("an empty name", ": 1"),
  field("a line without a colon", "X-Case"),
  get(
    "a folded first line",
    (front) => `GET ${front.path}/case HTTP/1.1\r\n X-Case: 1\r\nHost: gateway\r\n${front.fields()}\r\n`,
  ),
  get("an empty line before the request", (front) => `\r\n${head(front, "GET", "X-Case: 1")}`),
  field("100 kB of headers", `X-Case: ${"x".repeat(100_000)}`),
  field("2,000 headers", Array.from({ length: 2_000 }, (_, index) => `X-${index}: 1`).join("\r\n")),
  field("Connection: keep-alive, authorization", "Connection: keep-alive, authorization"),
  post("Connection: content-length", "Connection: content-length\r\nContent-Length: 5", "hello"),
  post("Connection: transfer-encoding", "Connection: transfer-encoding\r\nTransfer-Encoding: chunked", HELLO),
  field("Connection: host, x-correlation-id", "Connection: host, x-correlation-id"),
  field("TE: trailers", "TE: trailers, chunked"),
  field("Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__"),
  field(
    "Upgrade: websocket",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13",
  ),
  post("Expect: 100-continue, and no waiting", "Expect: 100-continue\r\nContent-Length: 5", "hello"),
  field("Expect: 200-maybe", "Expect: 200-maybe", { hangsAt: ["Functions host"] }),
  line("the address of another host", (path) => `GET http://elsewhere.example${path}/case HTTP/1.1`),
  line(
    "the address of another host with a port and a user",
    (path) => `GET http://a:b@elsewhere.example:81${path}/case HTTP/1.1`,
  ),
  line("a path with two slashes", (path) => `GET //elsewhere.example${path}/case HTTP/1.1`),
  line("a path with backslashes", (path) => `GET ${path}\\..\\..\\case HTTP/1.1`),
  line("dots and encoded slashes", (path) => `GET ${path}/..%2f..%2fcase HTTP/1.1`),
  line("a fragment", (path) => `GET ${path}/case#x HTTP/1.1`, "GET", { means: { targets: ["/case", "/case%23x"] } }),
  line("an encoded line end", (path) => `GET ${path}/case%0d%0aX-Evil:1 HTTP/1.1`),
  line("tabs in the request line", (path) => `GET\t${path}/case\tHTTP/1.1`),
  line("two spaces in the request line", (path) => `GET  ${path}/case  HTTP/1.1`),
  line("a space in the target", (path) => `GET ${path}/case x HTTP/1.1`),
  line("a lower-case version", (path) => `GET ${path}/case http/1.1`),
  line("version 1.2", (path) => `GET ${path}/case HTTP/1.2`),
  line("version 2.0", (path) => `GET ${path}/case HTTP/2.0`),
  line("version 1.0", (path) => `GET ${path}/case HTTP/1.0`),
  get("HTTP/0.9", (front) => `GET ${front.path}/case\r\n\r\n`, { hangsAt: ["function app alone"] }),
  get("HTTP/2 preface", () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  line("a target of 9,000 characters", (path) => `GET ${path}/case${"x".repeat(9_000)} HTTP/1.1`),
  line("OPTIONS *", () => "OPTIONS * HTTP/1.1", "OPTIONS"),
  line("CONNECT", () => "CONNECT elsewhere.example:443 HTTP/1.1", "CONNECT"),
  line("TRACE", (path) => `TRACE ${path}/case HTTP/1.1`, "TRACE"),
  line("a method in lower case", (path) => `get ${path}/case HTTP/1.1`),
  line("an unknown method", (path) => `FROB ${path}/case HTTP/1.1`, "FROB"),
  host("no Host", ""),
  host("two Hosts", "Host: gateway\r\nHost: elsewhere.example\r\n"),
  host("a Host with a user", "Host: user@gateway\r\n"),
  host("a Host with a path", "Host: gateway/elsewhere\r\n"),
  host("a Host with a space", "Host: gateway elsewhere\r\n"),
  host("an empty Host", "Host: \r\n"),
  host("a Host with a port beyond all ports", "Host: gateway:99999\r\n"),
  host("a Host of numbers that is no address", "Host: 1.2.3.999\r\n"),
];
