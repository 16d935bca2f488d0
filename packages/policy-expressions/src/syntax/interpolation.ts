import { refuse } from "../errors.ts";
import { readCharacter, readEscape, readString } from "./stringLiteral.ts";
import type { InterpolationPart, Token } from "./token.ts";

/** An interpolated string: its texts, and where its holes lie in the source. */
export function readInterpolated(source: string, at: number): Token {
  const verbatim = source.charAt(at + 1) === "@";
  const parts: InterpolationPart[] = [];
  let text = "";
  let position = at + (verbatim ? 3 : 2);
  while (true) {
    const char = source.charAt(position);
    const doubled = source.charAt(position + 1) === char;
    if (char === "" || (!verbatim && /[\r\n]/.test(char))) refuse("string is not closed", '$"', at);
    if (char === '"' && !(verbatim && doubled)) break;
    if (char === '"' || ((char === "{" || char === "}") && doubled)) {
      text += char;
      position += 2;
    } else if (char === "}") refuse("'}' must be doubled in an interpolated string", "}", position);
    else if (char === "{") {
      if (text !== "") parts.push({ kind: "text", text });
      text = "";
      const hole = readHole(source, position, verbatim);
      parts.push(hole.part);
      position = hole.end;
    } else if (char === "\\" && !verbatim) {
      const escaped = readEscape(source, position);
      if (escaped.text === "{" || escaped.text === "}") refuse("a brace must be doubled", escaped.text, position);
      text += escaped.text;
      position = escaped.end;
    } else {
      text += char;
      position++;
    }
  }
  if (text !== "") parts.push({ kind: "text", text });
  return { kind: "interpolated", text: source.slice(at, position + 1), start: at, end: position + 1, parts };
}

function readHole(
  source: string,
  open: number,
  verbatim: boolean,
): { readonly part: InterpolationPart; readonly end: number } {
  let depth = 0;
  let comma: number | undefined;
  let position = open + 1;
  while (true) {
    const char = source.charAt(position);
    if (char === "" || (!verbatim && /[\r\n]/.test(char)))
      refuse("hole of an interpolated string is not closed", "{", open);
    if (char === "'") position = readCharacter(source, position).end;
    else if (char === '"' || (char === "@" && source.charAt(position + 1) === '"'))
      position = readString(source, position).end;
    else if (char === "$" && /^\$@?"/.test(source.slice(position, position + 3)))
      position = readInterpolated(source, position).end;
    else {
      if (depth === 0 && (char === "}" || char === ":")) break;
      if (depth === 0 && char === "," && comma === undefined) comma = position;
      if ("([{".includes(char)) depth++;
      if (")]}".includes(char)) depth--;
      position++;
    }
  }
  const alignment = comma === undefined ? undefined : { start: comma + 1, end: position };
  const end = comma ?? position;
  if (source.charAt(position) === "}") {
    return { part: { kind: "hole", start: open + 1, end, alignment, format: undefined }, end: position + 1 };
  }
  const format = readFormat(source, position + 1, verbatim);
  return { part: { kind: "hole", start: open + 1, end, alignment, format: format.text }, end: format.end };
}

function readFormat(source: string, from: number, verbatim: boolean): { readonly text: string; readonly end: number } {
  let text = "";
  let position = from;
  while (source.charAt(position) !== "}") {
    const char = source.charAt(position);
    if (char === "" || char === "{" || char === '"' || /[\r\n]/.test(char))
      refuse("malformed format in an interpolated string", char, position);
    const escaped = char === "\\" && !verbatim ? readEscape(source, position) : { text: char, end: position + 1 };
    text += escaped.text;
    position = escaped.end;
  }
  if (text === "") refuse("empty format in an interpolated string", ":", from);
  if (source.charAt(position + 1) === "}") refuse("doubled brace in a format", "}}", position);
  return { text, end: position + 1 };
}
