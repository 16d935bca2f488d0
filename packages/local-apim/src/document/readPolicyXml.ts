import { type Attr, DOMParser, type Document, type Element, type Node, ParseError } from "@xmldom/xmldom";
import type { PolicySource } from "../options.ts";
import { type Position, refuse } from "../refusal.ts";
import type { PolicyElement, PolicyText } from "./policyElement.ts";
import { type PreparedXml, prepareXml } from "./rawXml.ts";

/**
 * Reads a policy document or fragment: well-formed XML, or the raw form with C# unescaped.
 * @throws PolicyProblemError with the place where the XML cannot be read.
 */
export function readPolicyXml({ file, text }: PolicySource): PolicyElement {
  const source = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const locate = locator(file, source);
  const asIs = prepareXml(source, false);
  const wellFormed = parse(asIs.text);
  const prepared = wellFormed instanceof Flaw ? prepareXml(source, true) : asIs;
  const parsed = wellFormed instanceof Flaw ? parse(prepared.text) : wellFormed;
  const place = (line: number, column: number): Position => locate(sourceOffset(prepared, line, column));
  if (parsed instanceof Flaw)
    return refuse(place(parsed.line, parsed.column), "XML", `not readable: ${parsed.message}`);
  const root = parsed.documentElement;
  if (root === null) return refuse(place(1, 1), "XML", "there is no element in it");
  return convert(root, (node) => place(node.lineNumber ?? 1, node.columnNumber ?? 1));
}

class Flaw {
  readonly message: string;
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    this.message = message;
    this.line = line;
    this.column = column;
  }
}

/** The parser is told to take nothing amiss; its messages end with a position that is not the file's. */
function parse(text: string): Document | Flaw {
  let flaw: Flaw | undefined;
  try {
    const document = new DOMParser({
      onError: (_level, message, context: { locator?: { lineNumber?: number; columnNumber?: number } }) => {
        flaw ??= new Flaw(message, context.locator?.lineNumber ?? 1, context.locator?.columnNumber ?? 1);
      },
    }).parseFromString(text, "text/xml");
    return flaw ?? document;
  } catch (error) {
    if (flaw !== undefined) return flaw;
    if (!(error instanceof ParseError)) throw error;
    const { lineNumber = 1, columnNumber = 1 } = (error.locator ?? {}) as {
      lineNumber?: number;
      columnNumber?: number;
    };
    return new Flaw(error.message, lineNumber, columnNumber);
  }
}

type Place = (node: Node) => Position;

function convert(element: Element, place: Place): PolicyElement {
  const attributes = new Map<string, PolicyText>();
  for (let i = 0; i < element.attributes.length; i += 1) {
    const attribute = element.attributes.item(i) as Attr;
    attributes.set(attribute.name, { text: attribute.value, at: place(attribute) });
  }
  const children: PolicyElement[] = [];
  const texts: Node[] = [];
  for (let node = element.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === node.ELEMENT_NODE) children.push(convert(node as Element, place));
    else if (node.nodeType === node.TEXT_NODE || node.nodeType === node.CDATA_SECTION_NODE) texts.push(node);
  }
  const text = texts.map((node) => node.nodeValue ?? "").join("");
  const first = texts.find((node) => (node.nodeValue ?? "").trim() !== "");
  return {
    name: element.tagName,
    at: place(element),
    attributes,
    children,
    text: first === undefined ? undefined : { text, at: place(first) },
  };
}

function sourceOffset({ text, offsets }: PreparedXml, line: number, column: number): number {
  let start = 0;
  for (let i = 1; i < line; i += 1) start = text.indexOf("\n", start) + 1;
  const offset = offsets[start + column - 1] ?? offsets.at(-1);
  return offset ?? 0;
}

function locator(file: string, source: string): (offset: number) => Position {
  return (offset) => {
    const before = source.slice(0, offset).split("\n");
    return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  };
}
