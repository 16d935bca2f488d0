import { setTimeout as delay } from "node:timers/promises";
import type { PeerConnection } from "./rawPeer.ts";

/** What must reach nobody. */
export const SMUGGLED = "smuggled";

/** An answer that no honest server gives, and the one reading in which its caller may get it. */
export interface HostileAnswer {
  readonly what: string;
  /** Of the request that it answers; GET unless told. */
  readonly method?: "GET" | "HEAD" | "POST";
  readonly bytes: string;
  /** What becomes of the connection behind it; it stays unless told. */
  readonly andThen?: (connection: PeerConnection) => void;
  /** Whole, with this status and body. Undefined: never whole. */
  readonly means?: { readonly status: number; readonly body: string };
  /** It comes while the request's body is still on its way. */
  readonly early?: boolean;
  /** Only the whole call's time limit ends it. */
  readonly endless?: boolean;
}

const OK = "HTTP/1.1 200 OK\r\n";
const HELLO = { status: 200, body: "hello" };
const CHUNKED = "Transfer-Encoding: chunked\r\n";
const HELLO_CHUNKED = "5\r\nhello\r\n0\r\n\r\n";
const HELLO_WHOLE = `${OK}Content-Length: 5\r\n\r\nhello`;
const SECOND = `${OK}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`;
const MANY = 5_000;
const DRIP_MS = 5;

const close = (connection: PeerConnection): void => connection.end();
const reset = (connection: PeerConnection): void => connection.reset();

/** With these framing fields, and this for a body; its reading, where it has one. */
function framed(what: string, fields: string, body: string, more: Partial<HostileAnswer> = {}): HostileAnswer {
  return { what, bytes: `${OK}${fields}\r\n${body}`, ...more };
}

/** With this field beside an ordinary body. */
function field(what: string, line: string, more: Partial<HostileAnswer> = {}): HostileAnswer {
  return { what, bytes: `${OK}${line}\r\nContent-Length: 5\r\n\r\nhello`, ...more };
}

/** With this first line. */
function first(what: string, line: string, more: Partial<HostileAnswer> = {}): HostileAnswer {
  return { what, bytes: `${line}Content-Length: 5\r\n\r\nhello`, ...more };
}

/** Where an answer ends. */
export const ENDS: readonly HostileAnswer[] = [
  framed("a length before the chunks", `Content-Length: 5\r\n${CHUNKED}`, HELLO_CHUNKED, { means: HELLO }),
  framed("a length behind the chunks' field", `${CHUNKED}Content-Length: 5\r\n`, HELLO_CHUNKED, { means: HELLO }),
  framed("a length that hides a second answer", `${CHUNKED}Content-Length: 90\r\n`, `${HELLO_CHUNKED}${SECOND}`, {
    means: HELLO,
  }),
  ...["xchunked", "chunked, identity", "identity, chunked", '"chunked"', "chunked, chunked", "\x0bchunked"].map(
    (coding) =>
      framed(
        `Transfer-Encoding: ${JSON.stringify(coding)}`,
        `Transfer-Encoding: ${coding}\r\nContent-Length: 5\r\n`,
        HELLO_CHUNKED,
        { means: HELLO },
      ),
  ),
  framed("Transfer-Encoding twice", CHUNKED + CHUNKED, HELLO_CHUNKED, { means: HELLO }),
  framed("two equal lengths", "Content-Length: 5\r\nContent-Length: 5\r\n", "hello", { means: HELLO }),
  framed("two lengths, the shorter one first", "Content-Length: 5\r\nContent-Length: 13\r\n", `hello${SMUGGLED}`),
  framed("two lengths, the longer one first", "Content-Length: 13\r\nContent-Length: 5\r\n", `hello${SMUGGLED}`),
  ...["+5", "-5", "0x5", "5a", "5, 5", "5 5", "", "18446744073709551621"].map((length) =>
    framed(`Content-Length: ${JSON.stringify(length)}`, `Content-Length: ${length}\r\n`, "hello", { andThen: close }),
  ),
  ...["0x5", "+5", "-5", "5 ", "ffffffffffffffff5", "z", ""].map((size) =>
    framed(`a chunk's size of ${JSON.stringify(size)}`, CHUNKED, `${size}\r\nhello\r\n0\r\n\r\n`, { andThen: close }),
  ),
  framed("a bare line feed behind a chunk's size", CHUNKED, "5\nhello\r\n0\r\n\r\n", { andThen: close }),
  framed("a chunk longer than said", CHUNKED, "5\r\nhello, you\r\n0\r\n\r\n", { andThen: close }),
  framed("chunks without an end", CHUNKED, "5\r\nhello\r\n", { andThen: close }),
  ...(
    [
      ["an end in order", close],
      ["a reset", reset],
    ] as const
  ).flatMap(([how, andThen]) => [
    framed(`Connection: close, half a chunk, and ${how}`, `Connection: close\r\n${CHUNKED}`, "a\r\nhello", { andThen }),
    framed(`Connection: close, no last chunk, and ${how}`, `Connection: close\r\n${CHUNKED}`, "5\r\nhello\r\n", {
      andThen,
    }),
    framed(`Connection: close, half of the bytes, and ${how}`, "Connection: close\r\nContent-Length: 10\r\n", "hello", {
      andThen,
    }),
  ]),
  framed("a trailer that would be a header", CHUNKED, `5\r\nhello\r\n0\r\nX-Field: ${SMUGGLED}\r\n\r\n`, {
    means: HELLO,
  }),
  framed("fewer bytes than stated", "Content-Length: 10\r\n", "hello", { andThen: close }),
  framed("fewer bytes than stated, then a reset", "Content-Length: 10\r\n", "hello", { andThen: reset }),
  framed("more bytes than stated", "Content-Length: 5\r\n", `hello${SMUGGLED}`, { means: HELLO }),
  framed("no length, and an end in order", "", "hello", { andThen: close, means: HELLO }),
  framed("no length, and a reset", "", "hello", { andThen: reset }),
  { what: "a whole second answer", bytes: HELLO_WHOLE + SECOND, means: HELLO },
  { what: "ten more answers", bytes: HELLO_WHOLE + SECOND.repeat(10), means: HELLO },
  { what: "half a second answer", bytes: HELLO_WHOLE + SECOND.slice(0, 20), means: HELLO },
  {
    what: "a body to HEAD",
    method: "HEAD",
    bytes: `${OK}Content-Length: 5\r\n\r\nhello`,
    means: { status: 200, body: "" },
  },
  { what: "a second answer to HEAD", method: "HEAD", bytes: `${OK}\r\n${SECOND}`, means: { status: 200, body: "" } },
  ...[204, 304].flatMap((status): HostileAnswer[] => [
    {
      what: `${status} with a body`,
      bytes: `HTTP/1.1 ${status} X\r\nContent-Length: 5\r\n\r\nhello`,
      means: { status, body: "" },
    },
    {
      what: `${status} with chunks`,
      bytes: `HTTP/1.1 ${status} X\r\n${CHUNKED}\r\n${HELLO_CHUNKED}`,
      means: { status, body: "" },
    },
    {
      what: `${status} with a second answer`,
      bytes: `HTTP/1.1 ${status} X\r\n\r\n${SECOND}`,
      means: { status, body: "" },
    },
  ]),
];

/** What an answer says, and when. */
export const WORDS: readonly HostileAnswer[] = [
  first(`${MANY} interim answers`, `${"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n".repeat(MANY)}${OK}`, {
    means: HELLO,
  }),
  {
    what: "interim answers without end",
    bytes: "HTTP/1.1 103 Early Hints\r\n\r\n",
    andThen: (connection) => void flood(connection, "HTTP/1.1 103 Early Hints\r\n\r\n"),
    endless: true,
  },
  first("100 unasked", `HTTP/1.1 100 Continue\r\n\r\n${OK}`, { means: HELLO }),
  {
    what: "101 unasked",
    bytes: `HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n${SMUGGLED}`,
  },
  { what: "101 with a second answer", bytes: `HTTP/1.1 101 Switching Protocols\r\n\r\n${SECOND}` },
  field("a carriage return in a value", `X-Field: a\rX-Other: ${SMUGGLED}`),
  field("a line feed in a value", `X-Field: a\nX-Other: ${SMUGGLED}`),
  field("NUL in a value", "X-Field: a\0b"),
  field("another control character in a value", "X-Field: a\x01b"),
  field("a folded value", `X-Field: a\r\n ${SMUGGLED}`),
  field("a space in a name", `X Field: ${SMUGGLED}`),
  field("a space before the colon", `X-Field : ${SMUGGLED}`),
  field("a space before the length's colon", "Content-Length : 13"),
  field("NUL in a name", `X\0Field: ${SMUGGLED}`),
  field("an empty name", `: ${SMUGGLED}`),
  field("a line without a colon", SMUGGLED),
  field("an encoded line end in Location", "Location: /x%0d%0aSet-Cookie:%20a=b", { means: HELLO }),
  field("bytes beyond ASCII in a value", "X-Field: caf\xc3\xa9 \xff", { means: HELLO }),
  field("fields that its Connection field names", "Connection: x-field\r\nX-Field: smuggled", { means: HELLO }),
  field("100 kB of headers", `X-Field: ${"a".repeat(100_000)}`),
  field("10,000 headers", "X: a\r\n".repeat(10_000).slice(0, -2), { means: HELLO }),
  first("HTTP/1.0, and a connection that stays", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", { means: HELLO }),
  {
    what: "HTTP/1.0 with chunks",
    bytes: `HTTP/1.0 200 OK\r\n${CHUNKED}\r\n${HELLO_CHUNKED}`,
    andThen: close,
    means: HELLO,
  },
  { what: "HTTP/0.9", bytes: "<html>hello</html>\r\n", andThen: close },
  ...[
    "HTTP/1.1 OK",
    "HTTP/1.1 20 OK",
    "HTTP/1.1 2000 OK",
    "HTTP/1.1 -200 OK",
    "HTTP/1.1  200 OK",
    "HTTP/2.0 200 OK",
    "HTTP/9.9 200 OK",
    "http/1.1 200 OK",
    "ICY 200 OK",
    "RTSP/1.0 200 OK",
    `HTTP/1.1 200 O\rX-Field: ${SMUGGLED}`,
    "HTTP/1.1 200 O\0K",
    "HTTP/1.1 000 No",
    "HTTP/1.1 600 No",
    "HTTP/1.1 999 No",
  ].map((line) => first(JSON.stringify(line), `${line}\r\n`, { means: HELLO })),
  first("bare line feeds", "HTTP/1.1 200 OK\nX-Field: a\n"),
  { what: "nothing but line ends", bytes: "\r\n".repeat(100), andThen: close },
  { what: "a request for an answer", bytes: "GET / HTTP/1.1\r\nHost: gateway\r\n\r\n", andThen: close },
  {
    what: "an answer before the request's end, then the connection's",
    method: "POST",
    early: true,
    bytes: "HTTP/1.1 403 No\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
    andThen: close,
    means: { status: 403, body: "hello" },
  },
  {
    what: "an answer before the request's end, and a second one",
    method: "POST",
    early: true,
    bytes: `HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\nhello${SECOND}`,
    means: { status: 403, body: "hello" },
  },
];

async function flood(connection: PeerConnection, text: string): Promise<void> {
  let over = false;
  void connection.gone.then(() => {
    over = true;
  });
  while (!over) {
    void connection.write(text);
    await delay(DRIP_MS);
  }
}
