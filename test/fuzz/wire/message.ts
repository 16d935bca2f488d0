/** One HTTP/1.1 message as it stood on the wire. Text is Latin-1: a character is an octet. */
export interface Message {
  readonly startLine: string;
  readonly fields: readonly Field[];
  readonly body: Buffer;
}

export type Field = readonly [name: string, value: string];

export type Reading =
  | { readonly kind: "incomplete" }
  | { readonly kind: "broken"; readonly why: string; readonly chunking: boolean }
  | { readonly kind: "whole"; readonly message: Message; readonly bytes: number };

export interface ReadingOptions {
  /** RFC 9112, 7.1.1: allowed, but nobody who forwards needs to write one. */
  readonly chunkExtensions?: boolean;
  /** RFC 9112, 6.3: an answer to HEAD, a 1xx, 204 or 304 has none, whatever its fields say. */
  readonly bodiless?: (startLine: string) => boolean;
  /** What a message without a length has: nothing (a request), or all until the connection closes (an answer). */
  readonly unframed?: "nothing" | "until-close";
  /** Nothing more comes. */
  readonly closed?: boolean;
}

export const HEAD_END = "\r\n\r\n";
const FIELD =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*$/;
const MAX_HEAD_BYTES = 262_144;
const CHUNK_SIZE_DIGITS = 12;

/**
 * Reads the first message, strictly as RFC 9112 says: CRLF line ends alone, no folded lines, no space before a colon,
 * one length, `chunked` alone. Shares nothing with a parser that is under test.
 */
export function readMessage(bytes: Buffer, options: ReadingOptions = {}): Reading {
  const end = bytes.indexOf(HEAD_END, 0, "latin1");
  if (end < 0) return bytes.length > MAX_HEAD_BYTES ? broken("the head has no end") : { kind: "incomplete" };
  const [startLine = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  if (/[\r\n\0]/.test(startLine)) return broken("a control character in the start line");
  const fields: Field[] = [];
  for (const line of lines) {
    const match = FIELD.exec(line);
    if (match === null) return broken(`no field line: ${JSON.stringify(line.slice(0, 80))}`);
    fields.push([match[1] ?? "", match[2] ?? ""]);
  }
  return withBody(bytes, end + HEAD_END.length, { startLine, fields }, options);
}

type Head = Omit<Message, "body">;

function withBody(bytes: Buffer, from: number, head: Head, options: ReadingOptions): Reading {
  const codings = valuesOf(head.fields, "transfer-encoding");
  const lengths = valuesOf(head.fields, "content-length");
  const whole = (body: Buffer, end: number): Reading => ({ kind: "whole", message: { ...head, body }, bytes: end });
  if (options.bodiless?.(head.startLine) === true) return whole(Buffer.alloc(0), from);
  if (codings.length > 0) {
    if (codings.length > 1 || codings[0]?.toLowerCase() !== "chunked") return broken("another coding than chunked");
    if (lengths.length > 0) return broken("both Transfer-Encoding and Content-Length");
    const chunks = readChunks(bytes, from, options.chunkExtensions === true);
    return "kind" in chunks ? chunks : whole(chunks.body, chunks.end);
  }
  if (lengths.length === 0) {
    if (options.unframed !== "until-close") return whole(Buffer.alloc(0), from);
    return options.closed === true ? whole(bytes.subarray(from), bytes.length) : { kind: "incomplete" };
  }
  const [length = ""] = lengths;
  if (lengths.length > 1 || !/^\d{1,15}$/.test(length)) return broken("not one Content-Length");
  const end = from + Number(length);
  return end > bytes.length ? { kind: "incomplete" } : whole(bytes.subarray(from, end), end);
}

function readChunks(bytes: Buffer, from: number, extensions: boolean): { body: Buffer; end: number } | Reading {
  const chunks: Buffer[] = [];
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at, "latin1");
    const line = bytes.toString("latin1", at, lineEnd < 0 ? bytes.length : lineEnd);
    const [, size, extension = ""] = /^([0-9a-f]*)(.*)$/is.exec(line) ?? [];
    if (size === undefined || size.length > CHUNK_SIZE_DIGITS || (line !== "" && size === "")) return brokenChunk(line);
    if (extension !== "" && !(lineEnd < 0 && extension === "\r") && !(extensions && EXTENSION.test(extension)))
      return brokenChunk(line);
    if (lineEnd < 0) return { kind: "incomplete" };
    if (size === "") return brokenChunk(line);
    const length = Number.parseInt(size, 16);
    at = lineEnd + 2;
    if (length === 0) return readTrailers(bytes, at, chunks);
    if (at + length + 2 > bytes.length) return { kind: "incomplete" };
    if (bytes.toString("latin1", at + length, at + length + 2) !== "\r\n")
      return brokenChunk("no line end behind a chunk");
    chunks.push(bytes.subarray(at, at + length));
    at += length + 2;
  }
}

/** Servers take some KiB of extensions at the most, for nobody uses any. */
const EXTENSION = /^;[\t\x20-\x7e]{0,4096}$/;

function readTrailers(bytes: Buffer, from: number, chunks: readonly Buffer[]): { body: Buffer; end: number } | Reading {
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at, "latin1");
    if (lineEnd < 0) return { kind: "incomplete" };
    const line = bytes.toString("latin1", at, lineEnd);
    at = lineEnd + 2;
    if (line === "") return { body: Buffer.concat(chunks), end: at };
    if (!FIELD.test(line)) return brokenChunk(line);
  }
}

function broken(why: string): Reading {
  return { kind: "broken", why, chunking: false };
}

function brokenChunk(line: string): Reading {
  return { kind: "broken", why: `no chunk: ${JSON.stringify(line.slice(0, 40))}`, chunking: true };
}

/** The values of a field, in order; the name in lower case. */
export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter(([given]) => given.toLowerCase() === name).map(([, value]) => value);
}
