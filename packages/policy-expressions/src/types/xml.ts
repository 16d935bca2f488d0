import { unsupported } from "../errors.ts";
import type { MemberTable, TypeDefinition } from "../model/definition.ts";
import { BOOL, DECIMAL, DOUBLE, INT, LONG, namedType, type Type } from "../model/type.ts";
import { NetObject, type Value } from "../model/value.ts";
import { changeType, parseBoolean } from "../runtime/changeType.ts";
import { iterate, type NetArray, Sequence } from "../runtime/collection.ts";
import { valuesEqual } from "../runtime/equality.ts";
import { argumentNull, notNull, raise } from "../runtime/exception.ts";
import { textOf } from "../runtime/text.ts";
import { DateTime } from "../runtime/time.ts";
import {
  XAttributeValue,
  XContainerValue,
  XDocumentValue,
  XElementValue,
  XNamespaceValue,
  XNameValue,
  XTextValue,
} from "../runtime/xml/nodes.ts";
import { parseDocument, parseElement } from "./xmlParse.ts";

const NAMESPACE = "System.Xml.Linq";
const ELEMENT = namedType(`${NAMESPACE}.XElement`);
const ATTRIBUTE = namedType(`${NAMESPACE}.XAttribute`);

const elements = (list: () => Iterable<XElementValue>): Sequence => new Sequence(ELEMENT, list);
const named = (list: Iterable<XElementValue>, name: XNameValue | null): XElementValue[] =>
  name === null ? [] : [...list].filter((element) => element.name.is(name));

/** How content is written: bools in lower case, dates in ISO form. */
function contentText(value: Exclude<Value, null>): string {
  if (typeof value === "boolean") return value ? "true" : "false";
  if (value instanceof DateTime) return value.format("yyyy-MM-ddTHH:mm:ss.FFFFFFFK");
  return textOf(value);
}

/** Adds content to an element or a document: nodes, attributes, sequences of them, or text. */
function addContent(into: XContainerValue, content: Value): void {
  if (content === null) return;
  if (content instanceof XElementValue || content instanceof XTextValue) into.append(content);
  else if (content instanceof XAttributeValue)
    into instanceof XElementValue ? into.addAttribute(content) : raise("ArgumentException");
  else if (typeof content !== "string" && content instanceof NetObject && content.items() !== undefined) {
    for (const item of [...iterate(content)]) addContent(into, item);
  } else if (!(into instanceof XElementValue) || content instanceof XDocumentValue) raise("ArgumentException");
  else {
    const text = contentText(content);
    if (text === "") into.hasEndTag = true;
    else into.append(new XTextValue("XText", text));
  }
}

function create(name: XNameValue | null, content: Value): XElementValue {
  const made = new XElementValue(notNull(name, "name"));
  addContent(made, content);
  return made;
}

const CASTS: readonly (readonly [string, Type])[] = [
  ["int", INT],
  ["long", LONG],
  ["double", DOUBLE],
  ["decimal", DECIMAL],
  ["bool", BOOL],
];

function cast(text: string, type: Type): Value {
  const trimmed = text.trim();
  if (type.key === BOOL.key)
    return trimmed === "1"
      ? true
      : trimmed === "0"
        ? false
        : /^(?:true|false)$/.test(trimmed)
          ? parseBoolean(trimmed)
          : raise("FormatException");
  return trimmed.includes(",") ? raise("FormatException") : changeType(trimmed, type);
}

const casts = (owner: string, parameter: string, textIn: (self: never) => string): MemberTable =>
  Object.fromEntries([
    [`explicit string(${owner} value)`, (self: never) => (self === null ? null : textIn(self))],
    ...CASTS.flatMap(([name, type]) => [
      [
        `explicit ${name}(${owner} value)`,
        (self: never) => (self === null ? argumentNull(parameter) : cast(textIn(self), type)),
      ],
      [`explicit ${name}?(${owner} value)`, (self: never) => (self === null ? null : cast(textIn(self), type))],
    ]),
  ]);

const containerMembers: MemberTable = {
  "XElement Element(XName name)": (self: XContainerValue, name: XNameValue | null) =>
    named(self.elements, name)[0] ?? null,
  "IEnumerable<XElement> Elements()": (self: XContainerValue) => elements(() => self.elements),
  "IEnumerable<XElement> Elements(XName name)": (self: XContainerValue, name: XNameValue | null) =>
    elements(() => named(self.elements, name)),
  "IEnumerable<XElement> Descendants()": (self: XContainerValue) => elements(() => self.descendants()),
  "IEnumerable<XElement> Descendants(XName name)": (self: XContainerValue, name: XNameValue | null) =>
    elements(() => named(self.descendants(), name)),
  "IEnumerable<XNode> Nodes()": (self: XContainerValue) =>
    new Sequence(namedType(`${NAMESPACE}.XNode`), () => [...self.nodes]),
  "XNode FirstNode": (self: XContainerValue) => self.nodes[0] ?? null,
  "XNode LastNode": (self: XContainerValue) => self.nodes.at(-1) ?? null,
  "void Add(object content)": addContent,
  "void Add(params object[] content)": (self: XContainerValue, content: NetArray) => addContent(self, content),
};

function setAttribute(self: XElementValue, name: XNameValue, value: Value): void {
  const known = self.attribute(name);
  if (value === null) {
    if (known !== null) self.attributes.splice(self.attributes.indexOf(known), 1);
  } else if (known !== null) known.value = contentText(value);
  else self.addAttribute(new XAttributeValue(name, contentText(value)));
}

function setElement(self: XElementValue, name: XNameValue, value: Value): void {
  const known = named(self.elements, name)[0];
  if (value === null) {
    if (known !== undefined) self.remove(known);
  } else if (known !== undefined) known.value = contentText(value);
  else self.append(create(name, contentText(value)));
}

const elementMembers: MemberTable = {
  ...casts("XElement", "element", (self: XElementValue) => self.value),
  "new(XName name)": (name: XNameValue | null) => create(name, null),
  "new(XName name, object content)": create,
  "new(XName name, params object[] content)": create,
  "static XElement Parse(string text)": (text: string | null) => parseElement(notNull(text, "text")),
  "XName Name": {
    get: (self: XElementValue) => self.name,
    set: (self: XElementValue, name: XNameValue) => {
      self.name = name;
    },
  },
  "string Value": {
    get: (self: XElementValue) => self.value,
    set: (self: XElementValue, text: string | null) => {
      self.value = notNull(text, "value");
    },
  },
  "bool HasElements": (self: XElementValue) => self.elements.length > 0,
  "bool HasAttributes": (self: XElementValue) => self.attributes.length > 0,
  "bool IsEmpty": (self: XElementValue) => self.nodes.length === 0 && !self.hasEndTag,
  "XAttribute Attribute(XName name)": (self: XElementValue, name: XNameValue | null) =>
    name === null ? null : self.attribute(name),
  "IEnumerable<XAttribute> Attributes()": (self: XElementValue) => new Sequence(ATTRIBUTE, () => [...self.attributes]),
  "IEnumerable<XAttribute> Attributes(XName name)": (self: XElementValue, name: XNameValue | null) =>
    new Sequence(ATTRIBUTE, () => self.attributes.filter((one) => name !== null && one.name.is(name))),
  "IEnumerable<XElement> DescendantsAndSelf()": (self: XElementValue) => elements(() => [self, ...self.descendants()]),
  "void SetAttributeValue(XName name, object value)": setAttribute,
  "void SetElementValue(XName name, object value)": setElement,
  "void SetValue(object value)": (self: XElementValue, value: Value) => {
    self.value = contentText(notNull(value, "value"));
  },
};

function detach(self: XElementValue | XTextValue): void {
  (self.parent ?? raise("InvalidOperationException", "The parent is missing.")).remove(self);
}

const extensions: MemberTable = {
  "static IEnumerable<XElement> Elements<T>(this IEnumerable<T> source)": (source: Value) =>
    elements(() => containers(source).flatMap((one) => one.elements)),
  "static IEnumerable<XElement> Elements<T>(this IEnumerable<T> source, XName name)": (
    source: Value,
    name: XNameValue | null,
  ) => elements(() => containers(source).flatMap((one) => named(one.elements, name))),
  "static IEnumerable<XElement> Descendants<T>(this IEnumerable<T> source)": (source: Value) =>
    elements(() => containers(source).flatMap((one) => [...one.descendants()])),
  "static IEnumerable<XElement> Descendants<T>(this IEnumerable<T> source, XName name)": (
    source: Value,
    name: XNameValue | null,
  ) => elements(() => containers(source).flatMap((one) => named(one.descendants(), name))),
  "static IEnumerable<XAttribute> Attributes(this IEnumerable<XElement> source)": (source: Value) =>
    new Sequence(ATTRIBUTE, () =>
      containers(source).flatMap((one) => (one instanceof XElementValue ? one.attributes : [])),
    ),
  "static void Remove<T>(this IEnumerable<T> source)": (source: Value) => {
    for (const item of [...iterate(source)]) {
      if (item instanceof XElementValue || item instanceof XTextValue) detach(item);
      else if (item instanceof XAttributeValue) item.parent?.attributes.splice(item.parent.attributes.indexOf(item), 1);
      else unsupported("removing this from XML");
    }
  },
};

function containers(source: Value): XContainerValue[] {
  return [...iterate(source)].map((item) =>
    item instanceof XContainerValue ? item : unsupported("the elements of this"),
  );
}

const entry = (name: string, members: MemberTable, base?: string): TypeDefinition => ({
  namespace: NAMESPACE,
  name,
  kind: "class",
  members,
  ...(base === undefined ? {} : { base }),
});

export const xmlTypes: readonly TypeDefinition[] = [
  entry("XObject", {
    "XElement Parent": (self: { parent: Value }) => (self.parent instanceof XElementValue ? self.parent : null),
  }),
  entry("XNode", { "void Remove()": detach, "string ToString()": (self: NetObject) => self.toText() }, "XObject"),
  entry("XContainer", containerMembers, "XNode"),
  entry("XElement", elementMembers, "XContainer"),
  entry(
    "XDocument",
    {
      "new(params object[] content)": (content: NetArray) => {
        const made = new XDocumentValue();
        addContent(made, content);
        return made;
      },
      "static XDocument Parse(string text)": (text: string | null) => parseDocument(notNull(text, "text")),
      "XElement Root": (self: XDocumentValue) => self.root,
    },
    "XContainer",
  ),
  entry(
    "XText",
    {
      "new(string value)": (text: string | null) => new XTextValue("XText", notNull(text, "value")),
      "string Value": (self: XTextValue) => self.text,
    },
    "XNode",
  ),
  entry(
    "XCData",
    { "new(string value)": (text: string | null) => new XTextValue("XCData", notNull(text, "value")) },
    "XText",
  ),
  entry(
    "XComment",
    {
      "new(string value)": (text: string | null) => new XTextValue("XComment", notNull(text, "value")),
      "string Value": (self: XTextValue) => self.text,
    },
    "XNode",
  ),
  entry(
    "XAttribute",
    {
      ...casts("XAttribute", "attribute", (self: XAttributeValue) => self.value),
      "new(XName name, object value)": (name: XNameValue | null, value: Value) =>
        new XAttributeValue(notNull(name, "name"), contentText(notNull(value, "value"))),
      "XName Name": (self: XAttributeValue) => self.name,
      "string Value": {
        get: (self: XAttributeValue) => self.value,
        set: (self: XAttributeValue, text: string) => {
          self.value = text;
        },
      },
      "bool IsNamespaceDeclaration": (self: XAttributeValue) => self.isDeclaration,
      "void Remove()": (self: XAttributeValue) => {
        const { parent } = self;
        if (parent === null) raise("InvalidOperationException", "The parent is missing.");
        else parent.attributes.splice(parent.attributes.indexOf(self), 1);
      },
      "string ToString()": "refused",
    },
    "XObject",
  ),
  entry("XName", {
    "static XName Get(string expandedName)": (name: string | null) => XNameValue.parse(notNull(name, "expandedName")),
    "static XName Get(string localName, string namespaceName)": (local: string, uri: string) =>
      new XNameValue(uri, local),
    "implicit XName(string expandedName)": (name: string | null) => (name === null ? null : XNameValue.parse(name)),
    "string LocalName": (self: XNameValue) => self.local,
    "string NamespaceName": (self: XNameValue) => self.uri,
    "XNamespace Namespace": (self: XNameValue) => new XNamespaceValue(self.uri),
    "static bool operator ==(XName left, XName right)": valuesEqual,
    "static bool operator !=(XName left, XName right)": (a: Value, b: Value) => !valuesEqual(a, b),
    "string ToString()": (self: XNameValue) => self.toText(),
  }),
  entry("XNamespace", {
    "static XNamespace Get(string namespaceName)": (uri: string | null) =>
      new XNamespaceValue(notNull(uri, "namespaceName")),
    "static XNamespace None": () => new XNamespaceValue(""),
    "static XNamespace Xmlns": () => new XNamespaceValue("http://www.w3.org/2000/xmlns/"),
    "implicit XNamespace(string namespaceName)": (uri: string | null) =>
      uri === null ? null : new XNamespaceValue(uri),
    "static XName operator +(XNamespace ns, string localName)": (ns: XNamespaceValue | null, local: string | null) =>
      new XNameValue(notNull(ns, "ns").uri, notNull(local, "localName")),
    "string NamespaceName": (self: XNamespaceValue) => self.uri,
    "XName GetName(string localName)": (self: XNamespaceValue, local: string) => new XNameValue(self.uri, local),
    "static bool operator ==(XNamespace left, XNamespace right)": valuesEqual,
    "static bool operator !=(XNamespace left, XNamespace right)": (a: Value, b: Value) => !valuesEqual(a, b),
    "string ToString()": (self: XNamespaceValue) => self.uri,
  }),
  { namespace: NAMESPACE, name: "Extensions", kind: "static", members: extensions },
];
