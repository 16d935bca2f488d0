import { unsupported } from "../../errors.ts";

interface Named {
  readonly uri: string;
  readonly local: string;
}
/** The parts of the tree that writing needs; the classes of nodes.ts satisfy it. */
interface Node {
  readonly kind?: string;
  readonly text?: string;
  readonly name?: Named;
  readonly attributes?: readonly { readonly name: Named; readonly value: string; readonly isDeclaration: boolean }[];
  readonly nodes?: readonly Node[];
  readonly hasEndTag?: boolean;
  readonly parent?: Node | null;
}

/** ToString() of a node: indented by two spaces with "\n", except where text stands among the nodes. */
export function writeXml(node: Node): string {
  if (node.name === undefined && node.nodes !== undefined)
    return node.nodes.map((child) => writeNode(child, "\n", new Map(), { mixed: false })).join("\n");
  return writeNode(node, "\n", scopeOf(node.parent ?? null), { mixed: false });
}

// Prefixes declared around a node: those of its ancestors, the nearest first.
function scopeOf(node: Node | null): ReadonlyMap<string, string> {
  if (node === null) return new Map();
  const outer = scopeOf(node.parent ?? null);
  return node.attributes === undefined ? outer : declared(node, outer);
}

function declared(node: Node, outer: ReadonlyMap<string, string>): Map<string, string> {
  const scope = new Map(outer);
  for (const { name, value, isDeclaration } of node.attributes ?? [])
    if (isDeclaration) scope.set(name.uri === "" ? "" : name.local, value);
  return scope;
}

function writeNode(node: Node, newline: string, outer: ReadonlyMap<string, string>, state: { mixed: boolean }): string {
  const text = node.text ?? "";
  if (node.kind === "XText") return escapeText(text);
  if (node.kind === "XCData") return `<![CDATA[${text}]]>`;
  if (node.kind === "XComment") return `<!--${text}-->`;
  const { name } = node;
  if (name === undefined) return unsupported("writing this XML node");
  const scope = declared(node, outer);
  const tag = tagName(name, scope, true);
  const needsDeclaration = tag === undefined;
  if (needsDeclaration) scope.set("", name.uri);
  const own = tag ?? name.local;
  const attributes = (node.attributes ?? []).map(
    (attribute) =>
      ` ${attributeName(attribute.name, attribute.isDeclaration, scope)}="${escapeAttribute(attribute.value)}"`,
  );
  const head = own + (needsDeclaration ? ` xmlns="${escapeAttribute(name.uri)}"` : "") + attributes.join("");
  const nodes = node.nodes ?? [];
  if (nodes.length === 0) return node.hasEndTag === true ? `<${head}></${own}>` : `<${head} />`;
  const inner = { mixed: state.mixed };
  let content = "";
  for (const child of nodes) {
    const isText = child.kind === "XText" || child.kind === "XCData";
    if (isText) inner.mixed = true;
    content += (inner.mixed ? "" : `${newline}  `) + writeNode(child, `${newline}  `, scope, inner);
  }
  return `<${head}>${content}${inner.mixed ? "" : newline}</${own}>`;
}

// The name with the prefix that is declared for its namespace; undefined when a declaration is needed.
function tagName(name: Named, scope: ReadonlyMap<string, string>, mayBeDefault: boolean): string | undefined {
  if (mayBeDefault && (scope.get("") ?? "") === name.uri) return name.local;
  const prefix = [...scope].find(([key, uri]) => key !== "" && uri === name.uri)?.[0];
  return prefix === undefined ? undefined : `${prefix}:${name.local}`;
}

function attributeName(name: Named, isDeclaration: boolean, scope: ReadonlyMap<string, string>): string {
  if (isDeclaration) return name.uri === "" ? "xmlns" : `xmlns:${name.local}`;
  if (name.uri === "") return name.local;
  if (name.uri === "http://www.w3.org/XML/1998/namespace") return `xml:${name.local}`;
  return tagName(name, scope, false) ?? unsupported("an attribute whose namespace has no prefix");
}

function escapeText(text: string): string {
  if (/\r/.test(text)) unsupported("writing XML with carriage returns");
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function escapeAttribute(text: string): string {
  if (/[\r\n\t]/.test(text)) unsupported("writing an XML attribute with line breaks");
  return escapeText(text).replaceAll('"', "&quot;");
}
