import { unsupported } from "../../errors.ts";
import { NetObject, type Value } from "../../model/value.ts";
import { NetArray } from "../collection.ts";
import { raise } from "../exception.ts";
import { Anonymous, Tuple } from "../objects.ts";
import { NetDictionary, Pair } from "../table.ts";
import { textOf } from "../text.ts";
import { JArrayValue } from "./jsonArray.ts";
import { JObjectValue, JPropertyValue } from "./jsonObject.ts";
import { JValueValue } from "./jsonValue.ts";
import { JTokenValue } from "./token.ts";

/** A value as a JSON tree, as Newtonsoft's serialiser writes it with its default settings. */
export function toToken(value: Value): JTokenValue {
  // A property cannot stand by itself in JSON.
  if (value instanceof JPropertyValue) return raise("JsonWriterException");
  if (value instanceof JTokenValue) return value.clone();
  if (value instanceof Anonymous) return fromMembers(value.fields.map((name, i) => [name, value.values[i] ?? null]));
  if (value instanceof Tuple) return fromMembers(value.values.map((item, i) => [`Item${i + 1}`, item]));
  if (value instanceof Pair) {
    return fromMembers([
      ["Key", value.key],
      ["Value", value.value],
    ]);
  }
  if (value instanceof NetDictionary)
    return fromMembers([...value.slots.entries()].map((slot) => [textOf(slot.key), slot.value]));
  if (value instanceof NetArray && value.element.key === "System.Byte") return new JValueValue(value);
  const items = value instanceof NetObject ? value.items() : undefined;
  if (items === undefined) return new JValueValue(scalar(value));
  const array = new JArrayValue();
  for (const item of items) array.add(toToken(item));
  return array;
}

const SCALARS = new Set([
  "DateTime",
  "DateTimeOffset",
  "TimeSpan",
  "Guid",
  "Decimal",
  "Double",
  "Single",
  "Char",
  "Byte",
  "SByte",
  "Int16",
  "UInt16",
  "UInt32",
  "UInt64",
  "Uri",
]);

function scalar(value: Value): Value {
  if (!(value instanceof NetObject)) return value;
  const { name } = value.type;
  if ("names" in value || SCALARS.has(name.replace("System.", ""))) return value;
  return unsupported(`serialising ${value.type.key}`);
}

function fromMembers(members: readonly (readonly [string, Value])[]): JObjectValue {
  const object = new JObjectValue();
  for (const [name, value] of members) object.set(name, toToken(value));
  return object;
}

/** What `new JProperty("a", content)`, `JArray.Add(content)` and the like make of an object. */
export function contentToken(content: Value): JTokenValue {
  if (content instanceof JTokenValue) return content;
  return new JValueValue(valueContent(content));
}

function valueContent(content: Value): Value {
  if (!(content instanceof NetObject)) return content;
  const plain =
    "names" in content ||
    (SCALARS.has(content.type.name.replace("System.", "")) && content.type.name !== "System.Char") ||
    (content instanceof NetArray && content.element.key === "System.Byte");
  return plain
    ? content
    : raise("ArgumentException", `Could not determine JSON object type for type ${content.type.key}.`);
}

/** Content with sequences spread out, as JContainer's constructors and Add take it. */
export function spreadContent(content: Value): JTokenValue[] {
  if (content === null || typeof content === "string" || content instanceof JTokenValue) return [contentToken(content)];
  if (content instanceof NetArray && content.element.key === "System.Byte") return [contentToken(content)];
  const items = content instanceof NetObject ? content.items() : undefined;
  return items === undefined ? [contentToken(content)] : [...items].flatMap(spreadContent);
}

/** Adds content to a JObject: properties, or objects whose properties are taken over. */
export function addToObject(object: JObjectValue, content: Value): void {
  for (const token of spreadContent(content)) {
    if (token instanceof JPropertyValue) object.add(token);
    else if (token instanceof JObjectValue) unsupported("an object as content of a JObject");
    else if (!(token instanceof JValueValue && token.value === null))
      raise("ArgumentException", `Can not add ${token.type.key} to Newtonsoft.Json.Linq.JObject.`);
    else raise("ArgumentException");
  }
}
