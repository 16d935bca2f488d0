import { balancedEnd, isExpressionStart } from "./csharpScanner.ts";
import { type DecodedSource, decodeSource } from "./decodedSource.ts";

/** XML for the parser, and for each of its characters where it stands in the file. */
export interface PreparedXml {
  readonly text: string;
  readonly offsets: readonly number[];
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
const IN_ATTRIBUTE: Readonly<Record<string, string>> = { "\n": "&#10;", "\t": "&#9;" };

/**
 * Makes of a policy file what an XML parser reads as API Management does. Line ends in attributes are kept (XML would
 * make them spaces, and a C# comment would then never end). With `raw`, the file is in API Management's `rawxml` form:
 * the C# of an expression stands unescaped in attributes and text, and a lone `&` is just that.
 */
export function prepareXml(source: string, raw: boolean): PreparedXml {
  const file = decodeSource(source);
  const output = new Output(source, file);
  const { text } = file;
  let at = 0;
  while (at < text.length) {
    if (looking(file, "<!--", at)) at = output.copy(at, past(file, "-->", at + 4));
    else if (looking(file, "<![CDATA[", at)) at = output.copy(at, past(file, "]]>", at + 9));
    else if (looking(file, "<?", at)) at = output.copy(at, past(file, "?>", at + 2));
    else if (looking(file, "</", at) || looking(file, "<!", at)) at = output.copy(at, past(file, ">", at + 2));
    else if (looking(file, "<", at) && /[\p{L}_]/u.test(text.charAt(at + 1))) at = tag(file, output, at, raw);
    else at = content(file, output, at, raw);
  }
  return output.result();
}

/** Text between two pieces of markup. */
function content(file: DecodedSource, output: Output, start: number, raw: boolean): number {
  let at = raw ? expression(file, output, start, false) : start;
  while (at < file.text.length && (at === start || !isMarkup(file, at))) {
    if (isMarkup(file, at)) break;
    at = raw ? output.escapeUnlessReference(at, false) : output.copy(at, at + 1);
  }
  return at;
}

function isMarkup(file: DecodedSource, at: number): boolean {
  return looking(file, "<", at) && /[\p{L}_/!?]/u.test(file.text.charAt(at + 1));
}

/** A start tag, with its attributes. What is not as it should be is copied for the parser to complain of. */
function tag(file: DecodedSource, output: Output, start: number, raw: boolean): number {
  const { text } = file;
  let at = output.copy(start, start + 1);
  while (at < text.length) {
    if (looking(file, ">", at)) return output.copy(at, at + 1);
    const isQuote = looking(file, '"', at) || looking(file, "'", at);
    if (!isQuote) {
      at = output.copy(at, at + 1);
      continue;
    }
    const quote = text.charAt(at);
    at = output.copy(at, at + 1);
    if (raw) at = expression(file, output, at, true);
    while (at < text.length && !looking(file, quote, at)) {
      at = raw ? output.escapeUnlessReference(at, true) : output.copyInAttribute(at);
    }
    at = output.copy(at, at + 1);
  }
  return at;
}

/** An expression that begins here (after space), escaped; the index after it, or `start` when there is none. */
function expression(file: DecodedSource, output: Output, start: number, inAttribute: boolean): number {
  const lead = start + (/^\s*/.exec(file.text.slice(start))?.[0].length ?? 0);
  if (!isExpressionStart(file.text, lead)) return start;
  const end = balancedEnd(file.text, lead + 1);
  for (let at = start; at < end; at += 1) output.escapeUnlessReference(at, inAttribute);
  return end < 0 ? start : end;
}

function looking(file: DecodedSource, wanted: string, at: number): boolean {
  if (!file.text.startsWith(wanted, at)) return false;
  for (let i = 0; i < wanted.length; i += 1) if (file.isReference(at + i)) return false;
  return true;
}

function past(file: DecodedSource, wanted: string, from: number): number {
  const found = file.text.indexOf(wanted, from);
  return found < 0 ? file.text.length : found + wanted.length;
}

class Output {
  readonly #source: string;
  readonly #file: DecodedSource;
  readonly #parts: string[] = [];
  readonly #offsets: number[] = [];

  constructor(source: string, file: DecodedSource) {
    this.#source = source;
    this.#file = file;
  }

  /** Copies characters `from` to `to` as they are written; gives `to`. */
  copy(from: number, to: number): number {
    const start = this.#file.offset(from);
    const written = this.#source.slice(start, this.#file.offset(to));
    for (let i = 0; i < written.length; i += 1) this.#offsets.push(start + i);
    this.#parts.push(written);
    return to;
  }

  copyInAttribute(at: number): number {
    const replacement = this.#file.isReference(at) ? undefined : IN_ATTRIBUTE[this.#file.text.charAt(at)];
    return replacement === undefined ? this.copy(at, at + 1) : this.#put(at, replacement);
  }

  escapeUnlessReference(at: number, inAttribute: boolean): number {
    const char = this.#file.text.charAt(at);
    if (this.#file.isReference(at)) return this.copy(at, at + 1);
    const replacement = ESCAPES[char] ?? (inAttribute ? IN_ATTRIBUTE[char] : undefined);
    return replacement === undefined ? this.copy(at, at + 1) : this.#put(at, replacement);
  }

  result(): PreparedXml {
    return { text: this.#parts.join(""), offsets: this.#offsets };
  }

  #put(at: number, text: string): number {
    const offset = this.#file.offset(at);
    for (let i = 0; i < text.length; i += 1) this.#offsets.push(offset);
    this.#parts.push(text);
    return at + 1;
  }
}
