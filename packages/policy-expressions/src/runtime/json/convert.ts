import { unsupported } from "../../errors.ts";
import { isIntegral, isNumeric } from "../../model/numericTypes.ts";
import { BOOL, CHAR, STRING, type Type, underlying } from "../../model/type.ts";
import { typeOf, type Value } from "../../model/value.ts";
import { changeType } from "../changeType.ts";
import { NetArray } from "../collection.ts";
import { argumentNull, raise } from "../exception.ts";
import { Guid } from "../guid.ts";
import { byte, Float } from "../number.ts";
import { toBigInt } from "../numeric.ts";
import { readSpan } from "../spanParse.ts";
import { textOf } from "../text.ts";
import { DateTime, DateTimeOffset, TimeSpan } from "../time.ts";
import { JPropertyValue } from "./jsonObject.ts";
import { JValueValue } from "./jsonValue.ts";
import type { JTokenValue } from "./token.ts";
import { tokenTypeName } from "./tokenType.ts";

const NUMBERS = ["Integer", "Float", "String", "Boolean"];
const TEXTS = ["Date", "Integer", "Float", "String", "Boolean", "Guid", "TimeSpan", "Uri", "Bytes"];

/** `(T)token`: Newtonsoft's explicit conversions, under the invariant culture. */
export function castToken(token: JTokenValue | null, to: Type): Value {
  const target = underlying(to);
  if (target !== undefined) {
    if (token === null) return null;
    const value = scalar(token);
    if (value instanceof JValueValue && value.value === null) return null;
    return castToken(token, target);
  }
  if (to.key === STRING.key) return castToString(token);
  if (token === null) return argumentNull("value");
  const value = scalar(token);
  const kind = value === undefined ? undefined : tokenTypeName(value);
  const refuse = (): never => {
    const shown = tokenTypeName(token instanceof JPropertyValue ? token.value : token);
    return raise("ArgumentException", `Can not convert ${shown} to ${shortName(to)}.`);
  };
  if (value === undefined || kind === undefined) return refuse();
  if (to.key === BOOL.key || isNumeric(to)) {
    if (!NUMBERS.includes(kind) && !(to.key === CHAR.key && kind === "Null")) return refuse();
    return changeType(value.value, to);
  }
  return castOther(value, kind, to, refuse);
}

function shortName(type: Type): string {
  return type.name.slice(type.name.lastIndexOf(".") + 1);
}

function scalar(token: JTokenValue): JValueValue | undefined {
  const inner = token instanceof JPropertyValue ? token.value : token;
  return inner instanceof JValueValue ? inner : undefined;
}

function castToString(token: JTokenValue | null): Value {
  if (token === null) return null;
  const value = scalar(token);
  const kind = value === undefined ? "" : tokenTypeName(value);
  if (value === undefined || (kind !== "Null" && !TEXTS.includes(kind))) {
    return raise(
      "ArgumentException",
      `Can not convert ${tokenTypeName(token instanceof JPropertyValue ? token.value : token)} to String.`,
    );
  }
  if (kind === "Bytes" && value.value instanceof NetArray)
    return Buffer.from(value.value.list.map((item) => Number(toBigInt(item)))).toString("base64");
  return value.value === null ? null : textOf(value.value);
}

function castOther(value: JValueValue, kind: string, to: Type, refuse: () => never): Value {
  const { value: inner } = value;
  switch (to.key) {
    case "System.DateTime":
      if (kind !== "Date" && kind !== "String") return refuse();
      return inner instanceof DateTimeOffset ? inner.clock : changeType(inner, to);
    case "System.DateTimeOffset":
      if (kind !== "Date" && kind !== "String") return refuse();
      if (inner instanceof DateTimeOffset) return inner;
      return inner instanceof DateTime
        ? new DateTimeOffset(inner.ticks, 0)
        : unsupported("a JSON text as a DateTimeOffset");
    case "System.Guid":
      if (inner instanceof Guid) return inner;
      if (typeof inner !== "string") return refuse();
      return Guid.read(inner) ?? raise("FormatException");
    case "System.TimeSpan":
      if (inner instanceof TimeSpan) return inner;
      if (typeof inner !== "string") return refuse();
      return readSpan(inner) ?? raise("FormatException");
    default:
      if (to.key === "System.Byte[]" && typeof inner === "string")
        return new NetArray(byte(0).type, [...Buffer.from(inner, "base64")].map(byte));
      return unsupported(`a token as ${to.key}`);
  }
}

/** token.Value<T>() and its kin: the value itself, or Convert.ChangeType. */
export function valueAs(
  token: JTokenValue | null,
  to: Type,
  isInstance: (value: Value, type: Type) => boolean,
  fallback: Value,
): Value {
  if (token === null) return fallback;
  if (to.name.startsWith("Newtonsoft.Json.Linq.") || to.key === "System.Object") {
    if (isInstance(token, to)) return token;
  }
  const value = token instanceof JValueValue ? token : undefined;
  if (value === undefined)
    return raise("InvalidCastException", `Cannot cast ${token.type.key} to Newtonsoft.Json.Linq.JToken.`);
  const inner = value.value;
  if (inner !== null && isInstance(inner, to)) return inner;
  const target = underlying(to);
  if (target !== undefined && inner === null) return null;
  return change(inner, target ?? to);
}

function change(value: Value, to: Type): Value {
  if (value === null) {
    const reference = to.key === STRING.key || to.name.startsWith("Newtonsoft.Json.Linq.") || to.kind === "array";
    return reference ? null : raise("InvalidCastException", "Null object cannot be converted to a value type.");
  }
  const convertible = to.key === STRING.key || to.key === BOOL.key || isNumeric(to) || to.key === "System.DateTime";
  if (!convertible || (typeof value === "object" && !isConvertible(value))) {
    return raise("InvalidCastException", `Invalid cast from '${typeOf(value).key}' to '${to.key}'.`);
  }
  return changeType(value, to);
}

function isConvertible(value: Exclude<Value, null>): boolean {
  const type = typeOf(value);
  return (
    isNumeric(type) ||
    isIntegral(type) ||
    value instanceof Float ||
    value instanceof DateTime ||
    type.key === BOOL.key ||
    type.key === STRING.key
  );
}
