import { unsupported } from "../../errors.ts";
import { raise } from "../exception.ts";
import {
  XAttributeValue,
  type XContainerValue,
  XDocumentValue,
  XElementValue,
  XNameValue,
  XTextValue,
} from "./nodes.ts";

const XMLNS = "http://www.w3.org/2000/xmlns/";
const XML = "http://www.w3.org/XML/1998/namespace";
const QUALIFIED = /(?:([\p{L}_][\p{L}\p{N}\p{M}_.\-\u00b7]*):)?([\p{L}_][\p{L}\p{N}\p{M}_.\-\u00b7]*)/uy;
const ATTRIBUTE_VALUE = /\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const MAX_DEPTH = 200;

function fail(): never {
  return raise("XmlException");
}

interface Qualified {
  readonly prefix: string;
  readonly local: string;
}

/**
 * Reads XML as XDocument.Parse does: namespaces resolved, white space between elements dropped. A DTD is refused.
 *
 * Not by @xmldom/xmldom, which reads the policy files: its tree does not tell `<a></a>` from `<a/>` (XElement does, and
 * writes them back so), and it takes without a word what .NET answers with an XmlException: `]]>` or a lone `&` in text,
 * `&#x110000;`, and one attribute under two prefixes of a namespace.
 */
class XmlReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    // A byte order mark is no content; line ends are normalised.
    this.text = text.replace(/\r\n?/g, "\n");
  }

  readDocument(): XDocumentValue {
    const document = new XDocumentValue();
    if (/^<\?xml[\s?]/.test(this.text)) this.at = this.after("?>");
    while (this.at < this.text.length) {
      if (/\s/.test(this.text.charAt(this.at))) this.at++;
      else if (this.text.startsWith("<", this.at)) this.readMarkup(document, new Map([["xml", XML]]), 0);
      else fail();
    }
    if (document.elements.length !== 1) fail();
    return document;
  }

  private after(end: string): number {
    const found = this.text.indexOf(end, this.at);
    return found < 0 ? fail() : found + end.length;
  }

  private readMarkup(into: XContainerValue, scope: ReadonlyMap<string, string>, depth: number): void {
    const start = this.at;
    if (this.text.startsWith("<!--", start)) {
      this.at = this.after("-->");
      into.append(new XTextValue("XComment", this.text.slice(start + 4, this.at - 3)));
    } else if (this.text.startsWith("<![CDATA[", start)) {
      if (into instanceof XDocumentValue) fail();
      this.at = this.after("]]>");
      into.append(new XTextValue("XCData", this.text.slice(start + 9, this.at - 3)));
    } else if (this.text.startsWith("<!", start)) unsupported("an XML document type");
    else if (this.text.startsWith("<?", start)) unsupported("an XML processing instruction");
    else into.append(this.readElement(scope, depth + 1));
  }

  private readElement(outer: ReadonlyMap<string, string>, depth: number): XElementValue {
    if (depth > MAX_DEPTH) unsupported("XML nested this deep");
    this.at++;
    const tag = this.readName();
    const raw = this.readAttributes();
    const scope = new Map(outer);
    for (const { name, value } of raw) {
      if (name.prefix === "xmlns") scope.set(name.local, value);
      else if (name.prefix === "" && name.local === "xmlns") scope.set("", value);
    }
    const element = new XElementValue(this.resolve(tag, scope, true));
    for (const { name, value } of raw) {
      const isDeclaration = name.prefix === "xmlns";
      const full = isDeclaration ? new XNameValue(XMLNS, name.local) : this.resolve(name, scope, false);
      if (element.attribute(full) !== null) fail();
      element.addAttribute(new XAttributeValue(full, value));
    }
    if (this.text.startsWith("/>", this.at)) {
      this.at += 2;
      return element;
    }
    if (this.text.charAt(this.at) !== ">") fail();
    this.at++;
    element.hasEndTag = true;
    this.readContent(element, tag, scope, depth);
    return element;
  }

  private readContent(element: XElementValue, tag: Qualified, scope: ReadonlyMap<string, string>, depth: number): void {
    while (true) {
      const next = this.text.indexOf("<", this.at);
      if (next < 0) fail();
      const text = this.text.slice(this.at, next);
      if (text.includes("]]>")) fail();
      this.at = next;
      if (/\S/.test(text)) element.append(new XTextValue("XText", decode(text)));
      if (!this.text.startsWith("</", this.at)) {
        this.readMarkup(element, scope, depth);
        continue;
      }
      this.at += 2;
      const end = this.readName();
      if (end.prefix !== tag.prefix || end.local !== tag.local) fail();
      while (/\s/.test(this.text.charAt(this.at))) this.at++;
      if (this.text.charAt(this.at++) !== ">") fail();
      return;
    }
  }

  private readAttributes(): { readonly name: Qualified; readonly value: string }[] {
    const found: { readonly name: Qualified; readonly value: string }[] = [];
    while (true) {
      const before = this.at;
      while (/\s/.test(this.text.charAt(this.at))) this.at++;
      if (/[/>]/.test(this.text.charAt(this.at))) return found;
      if (this.at === before) fail();
      const name = this.readName();
      ATTRIBUTE_VALUE.lastIndex = this.at;
      const match = ATTRIBUTE_VALUE.exec(this.text) ?? fail();
      this.at += match[0].length;
      found.push({ name, value: decode((match[1] ?? match[2] ?? "").replace(/[\t\n]/g, " ")) });
    }
  }

  private readName(): Qualified {
    QUALIFIED.lastIndex = this.at;
    const match = QUALIFIED.exec(this.text) ?? fail();
    this.at += match[0].length;
    return { prefix: match[1] ?? "", local: match[2] ?? "" };
  }

  private resolve({ prefix, local }: Qualified, scope: ReadonlyMap<string, string>, isElement: boolean): XNameValue {
    if (prefix === "" && !isElement) return new XNameValue("", local);
    const uri = scope.get(prefix);
    return new XNameValue(uri ?? (prefix === "" ? "" : fail()), local);
  }
}

function decode(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-fA-F]+);|#(\d+);|(\w+);|)/g,
    (_whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? fail();
      if (hex === undefined && decimal === undefined) return fail();
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0x10ffff ? fail() : String.fromCodePoint(code);
    },
  );
}

/** XDocument.Parse; XmlException for malformed text. */
export function readXml(text: string): XDocumentValue {
  return new XmlReader(text).readDocument();
}
