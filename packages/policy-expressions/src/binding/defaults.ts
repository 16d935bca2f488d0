import { unsupported } from "../errors.ts";
import { isIntegral } from "../model/numericTypes.ts";
import type { Relations } from "../model/relations.ts";
import { BOOL, CHAR, DECIMAL, DOUBLE, FLOAT, INT, LONG, namedType, type Type, underlying } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { Decimal } from "../runtime/decimal.ts";
import { Guid } from "../runtime/guid.ts";
import { Char, Float, Integer } from "../runtime/number.ts";
import { type EnumNames, EnumValue } from "../runtime/objects.ts";
import { Pair } from "../runtime/table.ts";
import { DateTime, DateTimeOffset, TimeSpan } from "../runtime/time.ts";

/** default(T). */
export function defaultValue(type: Type, relations: Relations): Value {
  if (!relations.isValueType(type) || underlying(type) !== undefined) return null;
  switch (type.key) {
    case BOOL.key:
      return false;
    case INT.key:
      return 0;
    case LONG.key:
      return 0n;
    case DOUBLE.key:
      return Float.double(0);
    case FLOAT.key:
      return Float.single(0);
    case DECIMAL.key:
      return Decimal.of(0n);
    case CHAR.key:
      return new Char(0);
    case "System.DateTime":
      return DateTime.MINIMUM;
    case "System.TimeSpan":
      return new TimeSpan(0n);
    case "System.DateTimeOffset":
      return new DateTimeOffset(0n, 0);
    case "System.Guid":
      return Guid.EMPTY;
    default:
  }
  if (isIntegral(type)) return new Integer(type, 0n);
  if (relations.isEnum(type)) return new EnumValue(enumNames(type, relations), 0);
  if (type.name === "System.Collections.Generic.KeyValuePair`2") {
    return new Pair(type.args, ...(type.args.map((arg) => defaultValue(arg, relations)) as [Value, Value]));
  }
  return unsupported(`default(${type.key})`);
}

export function enumNames(type: Type, relations: Relations): EnumNames {
  const definition = relations.definition(type)?.definition;
  return { type: namedType(type.name), values: definition?.values ?? {}, flags: definition?.flags ?? false };
}
