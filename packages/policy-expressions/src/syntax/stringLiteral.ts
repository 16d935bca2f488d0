import { refuse } from "../errors.ts";
import type { Token } from "./token.ts";

const SIMPLE: Record<string, string> = {
  "'": "'",
  '"': '"',
  "\\": "\\",
  "0": "\0",
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{1,4})|(['"\\0abfnrtv]))/y;

/** The character that the escape at `at` stands for, and where it ends. */
export function readEscape(source: string, at: number): { readonly text: string; readonly end: number } {
  ESCAPE.lastIndex = at;
  const match = ESCAPE.exec(source);
  if (match === null) refuse("unknown escape sequence", source.slice(at, at + 2), at);
  const [whole, unicode, long, hex, simple] = match;
  const code = Number.parseInt(unicode ?? long ?? hex ?? "0", 16);
  if (code > 0x10ffff) refuse("unknown escape sequence", whole, at);
  return { text: simple === undefined ? String.fromCodePoint(code) : (SIMPLE[simple] ?? ""), end: at + whole.length };
}

/** A regular or verbatim string literal. */
export function readString(source: string, at: number): Token {
  const verbatim = source.charAt(at) === "@";
  let position = at + (verbatim ? 2 : 1);
  let value = "";
  while (true) {
    const char = source.charAt(position);
    if (char === "" || (!verbatim && /[\r\n\u0085\u2028\u2029]/.test(char))) refuse("string is not closed", '"', at);
    if (char === '"') {
      if (!verbatim || source.charAt(position + 1) !== '"') break;
      value += '"';
      position += 2;
    } else if (char === "\\" && !verbatim) {
      const escaped = readEscape(source, position);
      value += escaped.text;
      position = escaped.end;
    } else {
      value += char;
      position++;
    }
  }
  if (!verbatim && value === "" && source.charAt(position + 1) === '"')
    refuse("raw strings are newer than C# 7", '"""', at);
  return {
    kind: "literal",
    text: source.slice(at, position + 1),
    start: at,
    end: position + 1,
    literal: { type: "string", value },
  };
}

/** A character literal: exactly one UTF-16 code unit. */
export function readCharacter(source: string, at: number): Token {
  const first = source.charAt(at + 1);
  const read = first === "\\" ? readEscape(source, at + 1) : { text: first, end: at + 2 };
  if (first === "'" || /[\r\n]/.test(first) || read.text.length !== 1 || source.charAt(read.end) !== "'") {
    refuse("malformed character literal", source.slice(at, read.end + 1), at);
  }
  return {
    kind: "literal",
    text: source.slice(at, read.end + 1),
    start: at,
    end: read.end + 1,
    literal: { type: "char", value: read.text.charCodeAt(0) },
  };
}
