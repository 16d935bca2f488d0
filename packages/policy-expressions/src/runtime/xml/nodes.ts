import { namedType, type Type } from "../../model/type.ts";
import { type EqualityKey, NetObject } from "../../model/value.ts";
import { raise } from "../exception.ts";
import { writeXml } from "./write.ts";

const NAMESPACE = "System.Xml.Linq";
const NAME = /^[\p{L}_][\p{L}\p{N}\p{M}_.\-\u00b7]*$/u;

/** XNamespace. */
export class XNamespaceValue extends NetObject {
  readonly uri: string;

  constructor(uri: string) {
    super();
    this.uri = uri;
  }

  override get type(): Type {
    return namedType(`${NAMESPACE}.XNamespace`);
  }

  override toText(): string {
    return this.uri;
  }

  override equalityKey(): EqualityKey {
    return `xmlns:${this.uri}`;
  }
}

/** XName: XmlException for what is no XML name. */
export class XNameValue extends NetObject {
  readonly uri: string;
  readonly local: string;

  constructor(uri: string, local: string) {
    super();
    if (!NAME.test(local)) raise("XmlException");
    this.uri = uri;
    this.local = local;
  }

  /** "{namespace}local" or "local". */
  static parse(text: string): XNameValue {
    const match = /^\{([^}]+)\}(.+)$/.exec(text);
    return match === null ? new XNameValue("", text) : new XNameValue(match[1] ?? "", match[2] ?? "");
  }

  override get type(): Type {
    return namedType(`${NAMESPACE}.XName`);
  }

  override toText(): string {
    return this.uri === "" ? this.local : `{${this.uri}}${this.local}`;
  }

  override equalityKey(): EqualityKey {
    return `xname:${this.toText()}`;
  }

  is(other: XNameValue): boolean {
    return this.uri === other.uri && this.local === other.local;
  }
}

export class XAttributeValue extends NetObject {
  readonly name: XNameValue;
  value: string;
  parent: XElementValue | null = null;

  constructor(name: XNameValue, value: string) {
    super();
    this.name = name;
    this.value = value;
  }

  override get type(): Type {
    return namedType(`${NAMESPACE}.XAttribute`);
  }

  get isDeclaration(): boolean {
    return this.name.uri === "http://www.w3.org/2000/xmlns/" || (this.name.uri === "" && this.name.local === "xmlns");
  }
}

/** Text, CDATA, comments and processing instructions. */
export class XTextValue extends NetObject {
  readonly kind: "XText" | "XCData" | "XComment";
  text: string;
  parent: XContainerValue | null = null;

  constructor(kind: XTextValue["kind"], text: string) {
    super();
    this.kind = kind;
    this.text = text;
  }

  override get type(): Type {
    return namedType(`${NAMESPACE}.${this.kind}`);
  }

  override toText(): string {
    return writeXml(this);
  }
}

export type XNodeValue = XElementValue | XTextValue;

/** XContainer: what XElement and XDocument share. */
export abstract class XContainerValue extends NetObject {
  readonly nodes: XNodeValue[] = [];
  parent: XContainerValue | null = null;

  /** Adds a node; one that belongs elsewhere is copied. Text next to text is joined. */
  append(node: XNodeValue): void {
    const own = node.parent === null ? node : copyNode(node);
    const last = this.nodes.at(-1);
    if (own instanceof XTextValue && own.kind === "XText" && last instanceof XTextValue && last.kind === "XText") {
      last.text += own.text;
      return;
    }
    own.parent = this;
    this.nodes.push(own);
  }

  remove(node: XNodeValue): void {
    this.nodes.splice(this.nodes.indexOf(node), 1);
    node.parent = null;
  }

  get elements(): XElementValue[] {
    return this.nodes.filter((node): node is XElementValue => node instanceof XElementValue);
  }

  *descendants(): Iterable<XElementValue> {
    for (const element of this.elements) {
      yield element;
      yield* element.descendants();
    }
  }

  override toText(): string {
    return writeXml(this);
  }
}

export class XElementValue extends XContainerValue {
  name: XNameValue;
  readonly attributes: XAttributeValue[] = [];
  /** Written as <a></a> although nothing is in it. */
  hasEndTag = false;

  constructor(name: XNameValue) {
    super();
    this.name = name;
  }

  override get type(): Type {
    return namedType(`${NAMESPACE}.XElement`);
  }

  get value(): string {
    return this.nodes
      .map((node) => (node instanceof XElementValue ? node.value : node.kind === "XComment" ? "" : node.text))
      .join("");
  }

  set value(text: string) {
    for (const node of [...this.nodes]) this.remove(node);
    this.hasEndTag = true;
    if (text !== "") this.append(new XTextValue("XText", text));
  }

  attribute(name: XNameValue): XAttributeValue | null {
    return this.attributes.find((attribute) => attribute.name.is(name)) ?? null;
  }

  addAttribute(attribute: XAttributeValue): void {
    if (this.attribute(attribute.name) !== null) raise("InvalidOperationException", "Duplicate attribute.");
    const own = attribute.parent === null ? attribute : new XAttributeValue(attribute.name, attribute.value);
    own.parent = this;
    this.attributes.push(own);
  }
}

export class XDocumentValue extends XContainerValue {
  override get type(): Type {
    return namedType(`${NAMESPACE}.XDocument`);
  }

  get root(): XElementValue | null {
    return this.elements[0] ?? null;
  }
}

function copyNode(node: XNodeValue): XNodeValue {
  if (node instanceof XTextValue) return new XTextValue(node.kind, node.text);
  const copy = new XElementValue(node.name);
  copy.hasEndTag = node.hasEndTag;
  for (const attribute of node.attributes) copy.addAttribute(new XAttributeValue(attribute.name, attribute.value));
  for (const child of node.nodes) copy.append(copyNode(child));
  return copy;
}
