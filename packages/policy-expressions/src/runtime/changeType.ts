import { unsupported } from "../errors.ts";
import { integralRange, isIntegral, isNumeric, isReal } from "../model/numericTypes.ts";
import { BOOL, CHAR, OBJECT, STRING, type Type } from "../model/type.ts";
import { typeOf, type Value } from "../model/value.ts";
import { badDate, readDate } from "./dateParse.ts";
import { toDateTime } from "./dateValue.ts";
import { Decimal } from "./decimal.ts";
import { raise } from "./exception.ts";
import { Char, Float } from "./number.ts";
import { convertNumeric, fromBigInt, toBigInt } from "./numeric.ts";
import { EnumValue } from "./objects.ts";
import { parseNumber } from "./parseNumber.ts";
import { textOf } from "./text.ts";
import { DateTime } from "./time.ts";

function invalid(from: Value, to: Type): never {
  const simple = (key: string): string => key.replace("System.", "");
  return raise(
    "InvalidCastException",
    from === null ? undefined : `Invalid cast from '${simple(typeOf(from).key)}' to '${simple(to.key)}'.`,
  );
}

/** Convert.ToXxx and Convert.ChangeType under the invariant culture. Null becomes what Convert.ToXxx makes of it. */
export function changeType(value: Value, to: Type): Value {
  if (to.key === OBJECT.key) return value;
  if (to.key === STRING.key) return value === null ? null : textOf(value);
  if (to.key === BOOL.key) return toBoolean(value);
  if (to.key === CHAR.key) return toChar(value);
  if (to.key === "System.DateTime") return toDate(value);
  if (isNumeric(to)) return toNumeric(value, to);
  if (value !== null && typeOf(value).key === to.key) return value;
  return invalid(value, to);
}

function toBoolean(value: Value): Value {
  if (value === null) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return parseBoolean(value);
  const type = typeOf(value);
  if (type.key === CHAR.key || !isNumeric(type)) return invalid(value, BOOL);
  if (value instanceof Decimal) return value.mantissa !== 0n;
  return value instanceof Float ? value.value !== 0 : toBigInt(value) !== 0n;
}

/** bool.Parse: "true" and "false" in any case, with white space and nulls around. */
export function readBoolean(text: string): boolean | undefined {
  const word = /^[\s\0]*(true|false)[\s\0]*$/i.exec(text)?.[1];
  return word === undefined ? undefined : word.toLowerCase() === "true";
}

export function parseBoolean(text: string): boolean {
  return readBoolean(text) ?? raise("FormatException", `String '${text}' was not recognized as a valid Boolean.`);
}

function toChar(value: Value): Value {
  if (value === null) return new Char(0);
  if (value instanceof Char) return value;
  if (typeof value === "string") {
    return value.length === 1 ? Char.of(value) : raise("FormatException", "String must be exactly one character long.");
  }
  const type = typeOf(value);
  if (!isIntegral(type)) return invalid(value, CHAR);
  const code = toBigInt(value);
  return code >= 0n && code <= 0xffffn
    ? new Char(Number(code))
    : raise("OverflowException", "Value was either too large or too small for a character.");
}

function toDate(value: Value): Value {
  if (value === null) return DateTime.MINIMUM;
  if (value instanceof DateTime) return value;
  if (typeof value !== "string") return invalid(value, typeOf(DateTime.MINIMUM));
  const read = readDate(value) ?? badDate(value);
  return toDateTime(read) ?? unsupported("a time without a date");
}

function toNumeric(value: Value, to: Type): Value {
  if (value === null) return convertNumeric(0, to);
  if (typeof value === "boolean") return convertNumeric(value ? 1 : 0, to);
  if (typeof value === "string") return parseNumber(value, to);
  if (value instanceof EnumValue) return convertNumeric(value.value, to);
  const from = typeOf(value);
  if (!isNumeric(from)) return invalid(value, to);
  if (isReal(to)) return from.key === CHAR.key ? invalid(value, to) : convertNumeric(value, to);
  return rounded(value, to);
}

// Half to even, and OverflowException where it does not fit.
function rounded(value: Value, to: Type): Value {
  const { minimum, maximum, article } = integralRange(to);
  const overflow = (): never => raise("OverflowException", `Value was either too large or too small for ${article}.`);
  const whole =
    value instanceof Decimal
      ? value.round(0).truncate().mantissa
      : value instanceof Float
        ? roundHalfEven(value.value)
        : toBigInt(value);
  if (whole === undefined || whole < minimum || whole > maximum) return overflow();
  return fromBigInt(whole, to);
}

function roundHalfEven(value: number): bigint | undefined {
  if (!Number.isFinite(value)) return undefined;
  const floor = Math.floor(value);
  const rest = value - floor;
  return BigInt(rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor);
}
