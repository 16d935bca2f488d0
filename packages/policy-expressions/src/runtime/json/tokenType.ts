import { unsupported } from "../../errors.ts";
import { NetObject } from "../../model/value.ts";
import { NetArray } from "../collection.ts";
import { Decimal } from "../decimal.ts";
import { Guid } from "../guid.ts";
import { Char, Float, Integer } from "../number.ts";
import { EnumValue } from "../objects.ts";
import { DateTime, DateTimeOffset, TimeSpan } from "../time.ts";
import { JArrayValue } from "./jsonArray.ts";
import { JObjectValue, JPropertyValue } from "./jsonObject.ts";
import { JValueValue } from "./jsonValue.ts";
import type { JTokenValue } from "./token.ts";

/** JTokenType's members. */
export const TOKEN_TYPES = {
  None: 0,
  Object: 1,
  Array: 2,
  Constructor: 3,
  Property: 4,
  Comment: 5,
  Integer: 6,
  Float: 7,
  String: 8,
  Boolean: 9,
  Null: 10,
  Undefined: 11,
  Date: 12,
  Raw: 13,
  Bytes: 14,
  Guid: 15,
  Uri: 16,
  TimeSpan: 17,
};

/** token.Type by name. */
export function tokenTypeName(token: JTokenValue): keyof typeof TOKEN_TYPES {
  if (token instanceof JObjectValue) return "Object";
  if (token instanceof JArrayValue) return "Array";
  if (token instanceof JPropertyValue) return "Property";
  if (!(token instanceof JValueValue)) return unsupported("a token of this kind");
  const { value } = token;
  if (value === null) return token.isUndefined ? "Undefined" : "Null";
  if (typeof value === "string" || value instanceof Char) return "String";
  if (typeof value === "boolean") return "Boolean";
  if (typeof value === "number" || typeof value === "bigint" || value instanceof Integer || value instanceof EnumValue)
    return "Integer";
  if (value instanceof Float || value instanceof Decimal) return "Float";
  if (value instanceof DateTime || value instanceof DateTimeOffset) return "Date";
  if (value instanceof Guid) return "Guid";
  if (value instanceof TimeSpan) return "TimeSpan";
  if (value instanceof NetArray) return "Bytes";
  return value instanceof NetObject && value.type.name === "System.Uri" ? "Uri" : unsupported("a token of this kind");
}
