import { unsupported } from "../errors.ts";
import type { MemberTable, TypeDefinition } from "../model/definition.ts";
import { namedType } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { iterate, type NetArray, Sequence } from "../runtime/collection.ts";
import { argumentNull, notNull, raise } from "../runtime/exception.ts";
import { JArrayValue } from "../runtime/json/jsonArray.ts";
import { JObjectValue, JPropertyValue } from "../runtime/json/jsonObject.ts";
import { JValueValue } from "../runtime/json/jsonValue.ts";
import { parseJson } from "../runtime/json/reader.ts";
import { addToObject, contentToken, spreadContent, toToken } from "../runtime/json/serialize.ts";
import { JTokenValue } from "../runtime/json/token.ts";
import type { EnumValue, OutCell } from "../runtime/objects.ts";
import { child, setChild, tokens } from "./jToken.ts";
import { compareStrings } from "./support.ts";

const NAMESPACE = "Newtonsoft.Json.Linq";
const orNull = (token: JTokenValue | null): JTokenValue => token ?? new JValueValue(null);

function parseAs<T extends JTokenValue>(json: string | null, kind: abstract new (...args: never[]) => T): T {
  const token = parseJson(notNull(json, "s"));
  return token instanceof kind ? token : raise("JsonReaderException");
}

function find(self: JObjectValue, name: string | null, comparison: EnumValue): JTokenValue | null {
  if (name === null) return null;
  return (
    self.get(name) ??
    self.children.find((property) => compareStrings(property.name, name, comparison) === 0)?.value ??
    null
  );
}

// Objects merge by property, arrays are joined, other content replaces, nulls are ignored.
function merge(into: JObjectValue, content: Value): void {
  if (!(content instanceof JObjectValue)) {
    if (content !== null) unsupported("merging content that is not an object");
    return;
  }
  for (const { name, value } of content.children) {
    const known = into.get(name);
    if (known === null) into.set(name, value);
    else if (value instanceof JValueValue && value.value === null) continue;
    else if (known instanceof JObjectValue && value instanceof JObjectValue) merge(known, value);
    else if (known instanceof JArrayValue && value instanceof JArrayValue)
      for (const item of value.children) known.add(item);
    else into.set(name, value);
  }
}

const objectMembers: MemberTable = {
  "new()": () => new JObjectValue(),
  "new(JObject other)": (other: JObjectValue | null) => notNull(other, "other").clone(),
  "new(params object[] content)": (content: NetArray) => objectOf(content),
  "new(object content)": (content: Value) => objectOf(content),
  "JToken this[string propertyName]": {
    get: (self: JObjectValue, name: string | null) => self.get(notNull(name, "propertyName")),
    set: (self: JObjectValue, name: string | null, value: JTokenValue | null) =>
      self.set(notNull(name, "propertyName"), orNull(value)),
  },
  "JToken this[object key]": { get: child, set: setChild },
  "int Count": (self: JObjectValue) => self.children.length,
  "void Add(string propertyName, JToken value)": (self: JObjectValue, name: string | null, value: JTokenValue | null) =>
    self.add(new JPropertyValue(notNull(name, "name"), orNull(value))),
  "void Add(object content)": addToObject,
  "void AddFirst(object content)": (self: JObjectValue, content: Value) => {
    if (content instanceof JPropertyValue) self.addFirst(content);
    else unsupported("AddFirst with other content than a property");
  },
  "bool Remove(string propertyName)": (self: JObjectValue, name: string | null) =>
    self.remove(notNull(name, "propertyName")),
  "void Remove()": (self: JObjectValue) =>
    (self.parent ?? raise("InvalidOperationException", "The parent is missing.")).removeChild(self),
  "void RemoveAll()": (self: JObjectValue) => self.clear(),
  "bool ContainsKey(string propertyName)": (self: JObjectValue, name: string | null) =>
    self.get(notNull(name, "propertyName")) !== null,
  "JProperty Property(string name)": (self: JObjectValue, name: string | null) =>
    name === null ? null : self.property(name),
  "JProperty Property(string name, StringComparison comparison)": (
    self: JObjectValue,
    name: string | null,
    comparison: EnumValue,
  ) =>
    name === null
      ? null
      : (self.property(name) ??
        self.children.find((property) => compareStrings(property.name, name, comparison) === 0) ??
        null),
  "IEnumerable<JProperty> Properties()": (self: JObjectValue) =>
    new Sequence(namedType(`${NAMESPACE}.JProperty`), () => self.children),
  "IEnumerable<JToken> PropertyValues()": (self: JObjectValue) =>
    tokens(self.children.map((property) => property.value)),
  "JToken GetValue(string propertyName)": (self: JObjectValue, name: string | null) =>
    name === null ? null : self.get(name),
  "JToken GetValue(string propertyName, StringComparison comparison)": find,
  "bool TryGetValue(string propertyName, out JToken value)": (
    self: JObjectValue,
    name: string | null,
    out: OutCell,
  ) => {
    out.value = name === null ? null : self.get(name);
    return out.value !== null;
  },
  "bool TryGetValue(string propertyName, StringComparison comparison, out JToken value)": (
    self: JObjectValue,
    name: string | null,
    comparison: EnumValue,
    out: OutCell,
  ) => {
    out.value = find(self, name, comparison);
    return out.value !== null;
  },
  "void Merge(object content)": merge,
  "static JObject Parse(string json)": (json: string | null) => parseAs(json, JObjectValue),
  "static JObject FromObject(object o)": (value: Value) => {
    const token = toToken(notNull(value, "o"));
    return token instanceof JObjectValue ? token : raise("ArgumentException");
  },
};

function objectOf(content: Value): JObjectValue {
  const made = new JObjectValue();
  if (content instanceof JObjectValue) unsupported("an object as content of a JObject");
  addToObject(made, content);
  return made;
}

function arrayOf(content: Value): JArrayValue {
  const made = new JArrayValue();
  for (const token of spreadContent(content)) made.add(token);
  return made;
}

const arrayMembers: MemberTable = {
  "new()": () => new JArrayValue(),
  "new(JArray other)": (other: JArrayValue | null) => notNull(other, "other").clone(),
  "new(params object[] content)": (content: NetArray) => arrayOf(content),
  "new(object content)": (content: Value) => arrayOf(content),
  "JToken this[int index]": { get: child, set: setChild },
  "JToken this[object key]": { get: child, set: setChild },
  "int Count": (self: JArrayValue) => self.children.length,
  "void Add(JToken item)": (self: JArrayValue, item: JTokenValue | null) => self.add(orNull(item)),
  "void Add(object content)": (self: JArrayValue, content: Value) => {
    for (const token of spreadContent(content)) self.add(token);
  },
  "void AddFirst(object content)": (self: JArrayValue, content: Value) => self.insert(0, contentToken(content)),
  "void Insert(int index, JToken item)": (self: JArrayValue, index: number, item: JTokenValue | null) =>
    self.insert(index, orNull(item)),
  "void RemoveAt(int index)": (self: JArrayValue, index: number) => self.removeAt(index),
  "bool Remove(JToken item)": (self: JArrayValue, item: JTokenValue) => {
    const index = self.children.indexOf(item);
    if (index >= 0) self.removeAt(index);
    return index >= 0;
  },
  "void Remove()": (self: JArrayValue) =>
    (self.parent ?? raise("InvalidOperationException", "The parent is missing.")).removeChild(self),
  "void RemoveAll()": (self: JArrayValue) => self.clear(),
  "void Clear()": (self: JArrayValue) => self.clear(),
  "bool Contains(JToken item)": (self: JArrayValue, item: JTokenValue) => self.children.includes(item),
  "int IndexOf(JToken item)": (self: JArrayValue, item: JTokenValue) => self.children.indexOf(item),
  "void Merge(object content)": (self: JArrayValue, content: Value) => {
    for (const item of iterate(content)) self.add(contentToken(item));
  },
  "static JArray Parse(string json)": (json: string | null) => parseAs(json, JArrayValue),
  "static JArray FromObject(object o)": (value: Value) => {
    const token = toToken(value ?? argumentNull("o"));
    return token instanceof JArrayValue ? token : raise("ArgumentException");
  },
};

function propertyContent(content: Value): JTokenValue {
  const parts = spreadContent(content);
  const [only] = parts;
  const isSequence = !(content instanceof JTokenValue) && parts.length !== 1;
  if (
    isSequence ||
    (content !== null &&
      typeof content === "object" &&
      !(content instanceof JTokenValue) &&
      content.items() !== undefined)
  ) {
    const array = new JArrayValue();
    for (const part of parts) array.add(part);
    return array;
  }
  return only ?? new JValueValue(null);
}

const propertyMembers: MemberTable = {
  "new(string name, object content)": (name: string | null, content: Value) =>
    new JPropertyValue(notNull(name, "name"), propertyContent(content)),
  "new(string name, params object[] content)": (name: string | null, content: NetArray) =>
    new JPropertyValue(notNull(name, "name"), propertyContent(content)),
  "new(JProperty other)": (other: JPropertyValue) => other.clone(),
  "string Name": (self: JPropertyValue) => self.name,
  "JToken Value": {
    get: (self: JPropertyValue) => self.value,
    set: (self: JPropertyValue, value: JTokenValue | null) => {
      self.value = orNull(value);
    },
  },
};

export const jObjectTypes: readonly TypeDefinition[] = [
  {
    namespace: NAMESPACE,
    name: "JObject",
    kind: "class",
    base: "JContainer",
    interfaces: ["IDictionary<string, JToken>"],
    members: objectMembers,
  },
  {
    namespace: NAMESPACE,
    name: "JArray",
    kind: "class",
    base: "JContainer",
    interfaces: ["IList<JToken>"],
    members: arrayMembers,
  },
  { namespace: NAMESPACE, name: "JProperty", kind: "class", base: "JContainer", members: propertyMembers },
];
