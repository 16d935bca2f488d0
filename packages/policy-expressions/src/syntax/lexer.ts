import { refuse } from "../errors.ts";
import { readInterpolated } from "./interpolation.ts";
import { readNumber } from "./numberLiteral.ts";
import { readCharacter, readString } from "./stringLiteral.ts";
import { KEYWORDS, type Token } from "./token.ts";

// Longest first. `>` stands alone: the parser joins two adjacent ones into a shift, so that List<List<int>> needs no trick.
const OPERATORS = (
  "<<= ... => ?? ?. -> :: ++ -- && || == != <= >= += -= *= /= %= &= |= ^= << " +
  "{ } ( ) [ ] . , : ; + - * / % & | ^ ! ~ = < > ?"
).split(" ");

const IDENTIFIER = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}\p{Cf}]*/uy;

/** Cuts source[start, end) into tokens; the last one is of kind "end". */
export function tokenize(source: string, start = 0, end = source.length): Token[] {
  const tokens: Token[] = [];
  let at = start;
  while (true) {
    at = skipTrivia(source, at, end);
    if (at >= end) break;
    const token = readToken(source, at, end);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: "end", text: "end of expression", start: end, end });
  return tokens;
}

function skipTrivia(source: string, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const char = source.charAt(at);
    if (/[\s\u{feff}]/u.test(char)) at++;
    else if (source.startsWith("//", at)) {
      while (at < end && !/[\r\n\u0085\u2028\u2029]/.test(source.charAt(at))) at++;
    } else if (source.startsWith("/*", at)) {
      const close = source.indexOf("*/", at + 2);
      if (close < 0) refuse("comment is not closed", "/*", at);
      at = close + 2;
    } else break;
  }
  return at;
}

function readToken(source: string, at: number, end: number): Token {
  const char = source.charAt(at);
  const next = source.charAt(at + 1);
  if (char === "#") refuse("preprocessor directives are not supported", "#", at);
  if (char === '"' || (char === "@" && next === '"')) return readString(source, at);
  if (char === "$" && (next === '"' || source.startsWith('@"', at + 1))) return readInterpolated(source, at);
  if (char === "@" && next === "$") refuse('@$"..." is newer than C# 7', '@$"', at);
  if (char === "'") return readCharacter(source, at);
  if (/[0-9]/.test(char) || (char === "." && /[0-9]/.test(next))) return readNumber(source, at);
  const verbatim = char === "@" ? 1 : 0;
  IDENTIFIER.lastIndex = at + verbatim;
  const name = IDENTIFIER.exec(source)?.[0];
  if (name !== undefined) {
    const keyword = verbatim === 0 && KEYWORDS.has(name);
    return { kind: keyword ? "keyword" : "identifier", text: name, start: at, end: at + verbatim + name.length };
  }
  const operator = OPERATORS.find((candidate) => source.startsWith(candidate, at));
  if (operator === undefined || at + operator.length > end) refuse(`unexpected character '${char}'`, char, at);
  // `x?.5:1` is a conditional with the number .5.
  if (operator === "?." && /[0-9]/.test(source.charAt(at + 2))) {
    return { kind: "operator", text: "?", start: at, end: at + 1 };
  }
  return { kind: "operator", text: operator, start: at, end: at + operator.length };
}
