import { type MemberTable, type TypeDefinition, withCall } from "../model/definition.ts";
import {
  BOOL,
  BYTE,
  CHAR,
  DECIMAL,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  namedType,
  nullableOf,
  SHORT,
  STRING,
  type Type,
  UINT,
  ULONG,
} from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { Sequence } from "../runtime/collection.ts";
import { notNull, raise } from "../runtime/exception.ts";
import { castToken, valueAs } from "../runtime/json/convert.ts";
import { fromToken } from "../runtime/json/deserialize.ts";
import { JArrayValue } from "../runtime/json/jsonArray.ts";
import { JObjectValue } from "../runtime/json/jsonObject.ts";
import { JValueValue } from "../runtime/json/jsonValue.ts";
import { selectTokens } from "../runtime/json/path.ts";
import { parseJson } from "../runtime/json/reader.ts";
import { contentToken, toToken } from "../runtime/json/serialize.ts";
import { JContainerValue, JTOKEN, JTokenValue } from "../runtime/json/token.ts";
import { tokenPath } from "../runtime/json/tokenPath.ts";
import { TOKEN_TYPES, tokenTypeName } from "../runtime/json/tokenType.ts";
import { writeJson } from "../runtime/json/writer.ts";
import { toBigInt } from "../runtime/numeric.ts";
import { EnumValue } from "../runtime/objects.ts";
import { typeArgument } from "./support.ts";

const NAMESPACE = "Newtonsoft.Json.Linq";
const TOKEN_TYPE = { type: namedType(`${NAMESPACE}.JTokenType`), values: TOKEN_TYPES, flags: false };

const CASTS: readonly (readonly [string, Type])[] = [
  ["bool", BOOL],
  ["int", INT],
  ["long", LONG],
  ["double", DOUBLE],
  ["decimal", DECIMAL],
  ["float", FLOAT],
  ["uint", UINT],
  ["ulong", ULONG],
  ["short", SHORT],
  ["byte", BYTE],
  ["char", CHAR],
  ["DateTime", namedType("System.DateTime")],
  ["DateTimeOffset", namedType("System.DateTimeOffset")],
  ["Guid", namedType("System.Guid")],
  ["TimeSpan", namedType("System.TimeSpan")],
];

const casts: MemberTable = {
  ...Object.fromEntries(
    CASTS.flatMap(([name, type]) => [
      [`explicit ${name}(JToken value)`, (token: JTokenValue | null) => castToken(token, type)],
      [`explicit ${name}?(JToken value)`, (token: JTokenValue | null) => castToken(token, nullableOf(type))],
      [`implicit JToken(${name} value)`, (value: Value) => new JValueValue(widened(value))],
      [`implicit JToken(${name}? value)`, (value: Value) => new JValueValue(widened(value))],
    ]),
  ),
  "explicit string(JToken value)": (token: JTokenValue | null) => castToken(token, STRING),
  "explicit byte[](JToken value)": (token: JTokenValue | null) => castToken(token, namedType("System.Byte[]")),
  "implicit JToken(string value)": (value: string | null) => new JValueValue(value),
  "implicit JToken(byte[] value)": (value: Value) => new JValueValue(value),
  "explicit Uri(JToken value)": "refused",
};

/** JValue keeps integers as long. */
export function widened(value: Value): Value {
  return typeof value === "number" ? toBigInt(value) : value;
}

/** token[key]: a name for an object, a number for an array. */
export function child(self: JTokenValue, key: Value): JTokenValue | null {
  if (self instanceof JObjectValue) {
    return typeof key === "string"
      ? self.get(key)
      : raise("ArgumentException", "Accessed JObject values with invalid key value: Object property name expected.");
  }
  if (self instanceof JArrayValue) {
    if (typeof key !== "number")
      return raise("ArgumentException", "Accessed JArray values with invalid key value: Int32 array index expected.");
    return (
      self.children[key] ??
      raise(
        "ArgumentOutOfRangeException",
        "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')",
      )
    );
  }
  return raise("InvalidOperationException", `Cannot access child value on ${self.type.key}.`);
}

export function setChild(self: JTokenValue, key: Value, value: JTokenValue | null): void {
  const token = value ?? new JValueValue(null);
  if (self instanceof JObjectValue && typeof key === "string") self.set(key, token);
  else if (self instanceof JArrayValue && typeof key === "number") self.set(key, token);
  else if (self instanceof JContainerValue) raise("ArgumentException");
  else raise("InvalidOperationException", `Cannot set child value on ${self.type.key}.`);
}

function indented(formatting: EnumValue): boolean {
  return formatting.value === 1;
}

function select(self: JTokenValue, path: string | null, errorWhenNone: boolean): JTokenValue | null {
  const found = selectTokens(self, notNull(path, "path"));
  if (found.length > 1) raise("JsonException", "Path returned multiple tokens.");
  return found[0] ?? (errorWhenNone ? raise("JsonException") : null);
}

export function tokens(list: readonly JTokenValue[]): Sequence {
  return new Sequence(JTOKEN, () => list);
}

function* descend(token: JTokenValue): Iterable<JTokenValue> {
  for (const one of token.children) {
    yield one;
    yield* descend(one);
  }
}

function sibling(self: JTokenValue, step: number): JTokenValue | null {
  const all = self.parent?.children ?? [];
  return all[all.indexOf(self) + step] ?? null;
}

function detach(self: JTokenValue): JContainerValue {
  return self.parent ?? raise("InvalidOperationException", "The parent is missing.");
}

const tokenMembers: MemberTable = {
  ...casts,
  "JToken this[object key]": { get: child, set: setChild },
  "JTokenType Type": (self: JTokenValue) => new EnumValue(TOKEN_TYPE, TOKEN_TYPES[tokenTypeName(self)]),
  "bool HasValues": (self: JTokenValue) => self.children.length > 0,
  "JContainer Parent": (self: JTokenValue) => self.parent,
  "JToken Root": (self: JTokenValue) => self.root,
  "string Path": tokenPath,
  "JToken First": (self: JTokenValue) =>
    self instanceof JContainerValue ? (self.children[0] ?? null) : raise("InvalidOperationException"),
  "JToken Last": (self: JTokenValue) =>
    self instanceof JContainerValue ? (self.children.at(-1) ?? null) : raise("InvalidOperationException"),
  "JToken Next": (self: JTokenValue) => sibling(self, 1),
  "JToken Previous": (self: JTokenValue) => (self.parent?.children[0] === self ? null : sibling(self, -1)),
  "JToken SelectToken(string path)": (self: JTokenValue, path: string | null) => select(self, path, false),
  "JToken SelectToken(string path, bool errorWhenNoMatch)": select,
  "IEnumerable<JToken> SelectTokens(string path)": (self: JTokenValue, path: string | null) =>
    tokens(selectTokens(self, notNull(path, "path"))),
  "IEnumerable<JToken> Children()": (self: JTokenValue) => new Sequence(JTOKEN, () => self.children),
  "IEnumerable<T> Children<T>()": withCall(
    (call) => (self: JTokenValue) =>
      new Sequence(typeArgument(call, 0), () =>
        self.children.filter((one) => call.run.isInstance(one, typeArgument(call, 0))),
      ),
  ),
  "IEnumerable<JToken> Values()": (self: JTokenValue) => values(self),
  "IEnumerable<T> Values<T>()": withCall((call) => (self: JTokenValue) => {
    const type = typeArgument(call, 0);
    if (!(self instanceof JContainerValue)) raise("InvalidOperationException");
    return new Sequence(type, () =>
      [...values(self).items()].map((one) =>
        valueAs(one as JTokenValue, type, (v, t) => call.run.isInstance(v, t), null),
      ),
    );
  }),
  "T Value<T>(object key)": withCall((call) => (self: JTokenValue, key: Value) => {
    const type = typeArgument(call, 0);
    return valueAs(child(self, key), type, (v, t) => call.run.isInstance(v, t), call.run.defaultOf(type));
  }),
  "IEnumerable<JToken> Ancestors()": "refused",
  "IEnumerable<JToken> AfterSelf()": "refused",
  "JToken DeepClone()": (self: JTokenValue) => self.clone(),
  "T ToObject<T>()": withCall((call) => (self: JTokenValue) => fromToken(self, typeArgument(call, 0))),
  "void Remove()": (self: JTokenValue) => detach(self).removeChild(self),
  "void Replace(JToken value)": (self: JTokenValue, by: JTokenValue | null) =>
    detach(self).replaceChild(self, by ?? new JValueValue(null)),
  "string ToString()": (self: JTokenValue) => self.toText(),
  "string ToString(Formatting formatting)": (self: JTokenValue, formatting: EnumValue) =>
    writeJson(self, indented(formatting)),
  "string ToString(Formatting formatting, params JsonConverter[] converters)": (
    self: JTokenValue,
    formatting: EnumValue,
  ) => writeJson(self, indented(formatting)),
  "static JToken Parse(string json)": (json: string | null) => parseJson(notNull(json, "s")),
  "static JToken FromObject(object o)": (value: Value) => toToken(notNull(value, "o")),
  "static bool DeepEquals(JToken t1, JToken t2)": (a: JTokenValue | null, b: JTokenValue | null) =>
    a === b || (a !== null && b !== null && a.deepEquals(b)),
};

function values(self: JTokenValue): Sequence {
  if (self instanceof JObjectValue) return tokens(self.children.map((property) => property.value));
  return self instanceof JContainerValue
    ? new Sequence(JTOKEN, () => self.children)
    : raise("InvalidOperationException");
}

const isTokens = (source: Value): JTokenValue[] =>
  [...((source as Sequence | JTokenValue | null)?.items() ?? raise("ArgumentNullException"))].filter(
    (one): one is JTokenValue => one instanceof JTokenValue,
  );

const extensions: MemberTable = {
  "static U Value<U>(this IEnumerable<JToken> value)": withCall((call) => (source: Value) => {
    const type = typeArgument(call, 0);
    if (!(notNull(source, "value") instanceof JTokenValue))
      raise("ArgumentException", "Source value must be a JToken.");
    return valueAs(source as JTokenValue, type, (v, t) => call.run.isInstance(v, t), call.run.defaultOf(type));
  }),
  "static IEnumerable<U> Values<U>(this IEnumerable<JToken> source)": withCall((call) => (source: Value) => {
    const type = typeArgument(call, 0);
    return new Sequence(type, () =>
      isTokens(source).map((one) => valueAs(one, type, (v, t) => call.run.isInstance(v, t), null)),
    );
  }),
  "static IEnumerable<JToken> Values(this IEnumerable<JToken> source)": (source: Value) => tokens(isTokens(source)),
  "static IEnumerable<JToken> Values(this IEnumerable<JToken> source, object key)": (source: Value, key: Value) =>
    new Sequence(JTOKEN, () => isTokens(source).flatMap((one) => child(one, key) ?? [])),
  "static IEnumerable<U> Values<U>(this IEnumerable<JToken> source, object key)": withCall(
    (call) => (source: Value, key: Value) => {
      const type = typeArgument(call, 0);
      return new Sequence(type, () =>
        isTokens(source)
          .flatMap((one) => child(one, key) ?? [])
          .map((one) => valueAs(one, type, (v, t) => call.run.isInstance(v, t), null)),
      );
    },
  ),
  "static IEnumerable<JProperty> Properties(this IEnumerable<JObject> source)": (source: Value) =>
    new Sequence(namedType(`${NAMESPACE}.JProperty`), () => isTokens(source).flatMap((one) => one.children)),
  "static IEnumerable<JToken> Children<T>(this IEnumerable<T> source)": (source: Value) =>
    new Sequence(JTOKEN, () => isTokens(source).flatMap((one) => [...one.children])),
};

const containerMembers: MemberTable = {
  "int Count": (self: JContainerValue) => self.children.length,
  "IEnumerable<JToken> Descendants()": (self: JContainerValue) => new Sequence(JTOKEN, () => descend(self)),
  "IEnumerable<JToken> DescendantsAndSelf()": (self: JContainerValue) =>
    new Sequence(JTOKEN, function* () {
      yield self;
      yield* descend(self);
    }),
};

const valueMembers: MemberTable = {
  "new(string value)": (value: Value) => new JValueValue(value),
  "new(long value)": (value: Value) => new JValueValue(value),
  "new(double value)": (value: Value) => new JValueValue(value),
  "new(decimal value)": (value: Value) => new JValueValue(value),
  "new(bool value)": (value: Value) => new JValueValue(value),
  "new(DateTime value)": (value: Value) => new JValueValue(value),
  "new(Guid value)": (value: Value) => new JValueValue(value),
  "new(Uri value)": (value: Value) => new JValueValue(value),
  "new(object value)": (value: Value) =>
    contentToken(value) instanceof JValueValue ? contentToken(value) : raise("ArgumentException"),
  "object Value": {
    get: (self: JValueValue) => self.value,
    set: (self: JValueValue, value: Value) => {
      self.value = value;
    },
  },
  "static JValue CreateNull()": () => new JValueValue(null),
  "static JValue CreateString(string value)": (value: Value) => new JValueValue(value),
  "string ToString()": (self: JValueValue) => self.toText(),
  "string ToString(string format)": (self: JValueValue, format: string | null) => self.format(format),
  "string ToString(IFormatProvider formatProvider)": (self: JValueValue) => self.toText(),
  "string ToString(string format, IFormatProvider formatProvider)": (self: JValueValue, format: string | null) =>
    self.format(format),
};

export const jTokenTypes: readonly TypeDefinition[] = [
  { namespace: NAMESPACE, name: "JToken", kind: "class", interfaces: ["IEnumerable<JToken>"], members: tokenMembers },
  {
    namespace: NAMESPACE,
    name: "JContainer",
    kind: "class",
    base: "JToken",
    interfaces: ["IList<JToken>"],
    members: containerMembers,
  },
  { namespace: NAMESPACE, name: "JValue", kind: "class", base: "JToken", members: valueMembers },
  { namespace: NAMESPACE, name: "JTokenType", kind: "enum", values: TOKEN_TYPES },
  { namespace: NAMESPACE, name: "Extensions", kind: "static", members: extensions },
  { namespace: "Newtonsoft.Json", name: "JsonConverter", kind: "class", unlisted: true },
  { namespace: "Newtonsoft.Json", name: "Formatting", kind: "enum", values: { None: 0, Indented: 1 } },
  {
    namespace: "Newtonsoft.Json",
    name: "JsonConvert",
    kind: "class",
    members: {
      "static string SerializeObject(object value)": (value: Value) => writeJson(toToken(value), false),
      "static string SerializeObject(object value, Formatting formatting)": (value: Value, formatting: EnumValue) =>
        writeJson(toToken(value), indented(formatting)),
      "static object DeserializeObject(string value)": (text: string | null) =>
        deserialized(text, namedType("System.Object")),
      "static T DeserializeObject<T>(string value)": withCall(
        (call) => (text: string | null) => deserialized(text, typeArgument(call, 0)),
      ),
    },
  },
];

// Nothing but white space deserialises to null.
function deserialized(text: string | null, type: Type): Value {
  const json = notNull(text, "value");
  if (json.trim() === "")
    return type.kind === "named" && ["System.Int32", "System.Boolean"].includes(type.key)
      ? raise("JsonSerializationException")
      : null;
  return fromToken(parseJson(json), type);
}
