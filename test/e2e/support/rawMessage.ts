/**
 * A reading of HTTP/1.1 of our own (RFC 9112), beside the parsers that run in the gateway. It knows no leniency: a
 * message that some server could read in another way is not well-formed here. Text is Latin-1.
 */
export class NotWellFormedError extends Error {
  override readonly name = "NotWellFormedError";
}

export interface RawMessage {
  readonly startLine: string;
  /** As sent, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** What came after the message's end. */
  readonly rest: string;
}

export interface RawRequest extends RawMessage {
  readonly method: string;
  readonly target: string;
}

export interface RawAnswer extends RawMessage {
  readonly status: number;
}

const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\x21-\x7e]?(?:[\t\x20-\x7e]*[\x21-\x7e])?)[ \t]*$/;
const REQUEST_LINE = /^([A-Z]+) (\/[\x21\x22\x24-\x7e]*) HTTP\/1\.1$/;
const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e]*$/;
const LENGTH = /^(?:0|[1-9]\d{0,14})$/;
const CHUNK_SIZE = /^[0-9a-fA-F]{1,8}$/;

/** The values of all fields of a name. */
export function valuesOf({ fields }: Pick<RawMessage, "fields">, name: string): string[] {
  return fields.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}

/**
 * The first request of what a connection sent; undefined while it is not all there.
 * @throws NotWellFormedError
 */
export function readRequest(text: string): RawRequest | undefined {
  const head = readHead(text);
  if (head === undefined) return undefined;
  const [, method, target] = REQUEST_LINE.exec(head.startLine) ?? refuse("the request line", head.startLine);
  if (valuesOf(head, "host").length !== 1) refuse("the number of Host fields", valuesOf(head, "host").join());
  const read = readBody(head.rest, framingOf(head) ?? 0);
  return read && { ...head, ...read, method: method ?? "", target: target ?? "" };
}

/**
 * The first final answer of what a connection sent, behind interim ones; undefined while it is not all there.
 * @param ended whether the connection has ended, which ends a body without a length
 * @throws NotWellFormedError
 */
export function readAnswer(text: string, method: string, ended: boolean): RawAnswer | undefined {
  const head = readHead(text);
  if (head === undefined) return undefined;
  const [, code] = STATUS_LINE.exec(head.startLine) ?? refuse("the status line", head.startLine);
  const status = Number(code);
  if (status < 200) return readAnswer(head.rest, method, ended);
  const framing = framingOf(head);
  if (method === "HEAD" || status === 204 || status === 304) return { ...head, status, body: "" };
  if (framing === undefined) return ended ? { ...head, status, body: head.rest, rest: "" } : undefined;
  const read = readBody(head.rest, framing);
  return read && { ...head, ...read, status };
}

function readHead(text: string): Omit<RawMessage, "body"> | undefined {
  const end = text.indexOf("\r\n\r\n");
  const lines = (end < 0 ? text : text.slice(0, end)).split("\r\n");
  const bare = lines.find((line, index) =>
    /[\r\n]/.test(end < 0 && index === lines.length - 1 ? line.slice(0, -1) : line),
  );
  if (bare !== undefined) refuse("a line end", bare);
  if (end < 0) return undefined;
  const [startLine = "", ...rest] = lines;
  const fields = rest.map((line): [string, string] => {
    const [, name = "", value = ""] = FIELD.exec(line) ?? refuse("a field", line);
    return [name, value];
  });
  return { startLine, fields, rest: text.slice(end + 4) };
}

/** The body's length; undefined where none is stated. */
function framingOf(head: Omit<RawMessage, "body">): number | "chunked" | undefined {
  const codings = valuesOf(head, "transfer-encoding");
  const lengths = valuesOf(head, "content-length");
  if (codings.length === 0 && lengths.length === 0) return undefined;
  if (codings.length + lengths.length > 1)
    refuse("the framing, which is stated twice", [...codings, ...lengths].join());
  const [coding] = codings;
  const [length = ""] = lengths;
  if (coding !== undefined) return coding === "chunked" ? coding : refuse("the transfer coding", coding);
  return LENGTH.test(length) ? Number(length) : refuse("the length", length);
}

function readBody(text: string, framing: number | "chunked"): Pick<RawMessage, "body" | "rest"> | undefined {
  if (framing !== "chunked") {
    return text.length < framing ? undefined : { body: text.slice(0, framing), rest: text.slice(framing) };
  }
  let body = "";
  for (let at = 0; ; ) {
    const line = text.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const size = text.slice(at, line);
    if (!CHUNK_SIZE.test(size)) refuse("a chunk's size", size);
    const from = line + 2;
    const to = from + Number.parseInt(size, 16);
    if (text.length < to + 2) return undefined;
    // Behind the last chunk: no trailers.
    if (text.slice(to, to + 2) !== "\r\n") refuse("the end of a chunk", text.slice(to, to + 20));
    body += text.slice(from, to);
    at = to + 2;
    if (to === from) return { body, rest: text.slice(at) };
  }
}

function refuse(what: string, found: string): never {
  throw new NotWellFormedError(`${what} is not well-formed: ${JSON.stringify(found.slice(0, 200))}`);
}
