import { unsupported } from "../../errors.ts";
import { isNumeric } from "../../model/numericTypes.ts";
import { BOOL, STRING, type Type, underlying } from "../../model/type.ts";
import type { Value } from "../../model/value.ts";
import { NetArray, NetList } from "../collection.ts";
import { Decimal } from "../decimal.ts";
import { NetException, raise } from "../exception.ts";
import { Float } from "../number.ts";
import { NetDictionary } from "../table.ts";
import { textOf } from "../text.ts";
import { castToken } from "./convert.ts";
import { JArrayValue } from "./jsonArray.ts";
import { JObjectValue } from "./jsonObject.ts";
import { JValueValue } from "./jsonValue.ts";
import type { JTokenValue } from "./token.ts";
import { tokenTypeName } from "./tokenType.ts";

const LINQ = "Newtonsoft.Json.Linq.";
const LISTS = new Set([
  "System.Collections.Generic.List`1",
  "System.Collections.Generic.IList`1",
  "System.Collections.Generic.IEnumerable`1",
  "System.Collections.Generic.ICollection`1",
]);
const DICTIONARIES = new Set(["System.Collections.Generic.Dictionary`2", "System.Collections.Generic.IDictionary`2"]);

/** token.ToObject<T>() and JsonConvert.DeserializeObject<T>() for the types an expression can name. */
export function fromToken(token: JTokenValue, to: Type): Value {
  if (to.name.startsWith(LINQ)) return asToken(token, to);
  if (to.key === "System.Object") return token instanceof JValueValue ? token.value : token;
  const inner = underlying(to);
  if (token instanceof JValueValue && token.value === null) return nullAs(to, inner);
  if (inner !== undefined) return fromToken(token, inner);
  if (to.kind === "array" && to.key !== "System.Byte[]") return new NetArray(element(to), elements(token, element(to)));
  if (LISTS.has(to.name)) return new NetList(element(to), elements(token, element(to)));
  if (DICTIONARIES.has(to.name)) return dictionary(token, to);
  if (to.key === STRING.key || to.key === BOOL.key || isNumeric(to)) return primitive(token, to);
  return castToken(token, to);
}

function primitive(token: JTokenValue, to: Type): Value {
  if (!(token instanceof JValueValue)) return raise("JsonSerializationException");
  // A number that has to be rounded or narrowed is read by rules of its own.
  if (
    token.value instanceof Float &&
    isNumeric(to) &&
    !["System.Double", "System.Decimal", "System.Single"].includes(to.key)
  ) {
    return unsupported("a JSON number with a fraction as an integer");
  }
  if (token.value instanceof Float && to.key === "System.Decimal") return Decimal.fromFloat(token.value.value);
  if (to.key === STRING.key && tokenTypeName(token) !== "String") return otherAsText(token);
  try {
    return castToken(token, to);
  } catch (error) {
    // The serialiser wraps what goes wrong in exceptions of its own.
    if (error instanceof NetException) return unsupported(`a JSON value that does not fit ${to.key}`);
    throw error;
  }
}

function otherAsText(token: JValueValue): Value {
  return tokenTypeName(token) === "Date" ? unsupported("a JSON date as text") : textOf(token.value);
}

function nullAs(to: Type, inner: Type | undefined): Value {
  const reference = inner !== undefined || to.key === STRING.key || to.kind === "array" || to.args.length > 0;
  return reference ? null : raise("JsonSerializationException");
}

function asToken(token: JTokenValue, to: Type): Value {
  if (to.name === `${LINQ}JToken` || token.type.name === to.name) return token;
  return raise("InvalidCastException");
}

function element(type: Type): Type {
  return type.args[0] ?? unsupported("a list without an element type");
}

function elements(token: JTokenValue, type: Type): Value[] {
  if (!(token instanceof JArrayValue)) return raise("JsonSerializationException");
  return token.children.map((child) => fromToken(child, type));
}

function dictionary(token: JTokenValue, to: Type): Value {
  if (!(token instanceof JObjectValue)) return raise("JsonSerializationException");
  const [key, value] = to.args;
  if (key?.key !== STRING.key || value === undefined) return unsupported("a dictionary whose keys are not strings");
  const made = new NetDictionary(to.args);
  for (const property of token.children) made.slots.set(property.name, fromToken(property.value, value));
  return made;
}
