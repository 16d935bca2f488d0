import {
  BYTE,
  CHAR,
  DECIMAL,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  SBYTE,
  SHORT,
  type Type,
  UINT,
  ULONG,
  USHORT,
} from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { Decimal } from "./decimal.ts";
import { raise } from "./exception.ts";
import { Char, Float, Integer } from "./number.ts";

interface Range {
  readonly bits: number;
  readonly signed: boolean;
  readonly name: string;
}

const RANGES: ReadonlyMap<string, Range> = new Map([
  [SBYTE.key, { bits: 8, signed: true, name: "a signed byte" }],
  [BYTE.key, { bits: 8, signed: false, name: "an unsigned byte" }],
  [SHORT.key, { bits: 16, signed: true, name: "an Int16" }],
  [USHORT.key, { bits: 16, signed: false, name: "a UInt16" }],
  [CHAR.key, { bits: 16, signed: false, name: "a character" }],
  [INT.key, { bits: 32, signed: true, name: "an Int32" }],
  [UINT.key, { bits: 32, signed: false, name: "a UInt32" }],
  [LONG.key, { bits: 64, signed: true, name: "an Int64" }],
  [ULONG.key, { bits: 64, signed: false, name: "a UInt64" }],
]);

export function isIntegral(type: Type): boolean {
  return RANGES.has(type.key);
}

export function isNumeric(type: Type): boolean {
  return RANGES.has(type.key) || type.key === DOUBLE.key || type.key === FLOAT.key || type.key === DECIMAL.key;
}

export function integralRange(type: Type): {
  readonly minimum: bigint;
  readonly maximum: bigint;
  readonly bits: number;
  readonly name: string;
} {
  const range = RANGES.get(type.key) ?? { bits: 64, signed: true, name: type.name };
  const minimum = range.signed ? -(1n << BigInt(range.bits - 1)) : 0n;
  return { minimum, maximum: minimum + (1n << BigInt(range.bits)) - 1n, bits: range.bits, name: range.name };
}

/** The exact integer a value of an integral type holds. */
export function toBigInt(value: Value): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return BigInt(value);
  if (value instanceof Integer) return value.value;
  if (value instanceof Char) return BigInt(value.code);
  throw new Error("an integral value was expected");
}

/** A value of an integral type from an integer that fits it. */
export function fromBigInt(value: bigint, type: Type): Value {
  if (type.key === INT.key) return Number(value);
  if (type.key === LONG.key) return value;
  if (type.key === CHAR.key) return new Char(Number(value));
  return new Integer(type, value);
}

/** An integer cut to the type's bits, or OverflowException when checked. */
export function fitInteger(value: bigint, type: Type, checked: boolean): Value {
  const { minimum, maximum, bits, name } = integralRange(type);
  if (value >= minimum && value <= maximum) return fromBigInt(value, type);
  if (checked) raise("OverflowException", "Arithmetic operation resulted in an overflow.");
  return fromBigInt(minimum < 0n ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value), name === "" ? INT : type);
}

/** A numeric value as a JavaScript number (rounded where it does not fit). */
export function toNumber(value: Value): number {
  if (value instanceof Float) return value.value;
  if (value instanceof Decimal) return value.toNumber();
  return Number(toBigInt(value));
}

/** C#'s numeric conversions. Out of range: floats saturate (.NET 9 and later), decimals throw, integers wrap; all throw when checked. */
export function convertNumeric(value: Value, to: Type, checked = false): Value {
  switch (to.key) {
    case DOUBLE.key:
      return value instanceof Float && !value.isSingle ? value : Float.double(toNumber(value));
    case FLOAT.key:
      return Float.single(toNumber(value));
    case DECIMAL.key:
      if (value instanceof Decimal) return value;
      return value instanceof Float
        ? Decimal.fromFloat(value.value, value.isSingle ? 7 : 15)
        : Decimal.of(toBigInt(value));
    default:
      return toIntegral(value, to, checked);
  }
}

function toIntegral(value: Value, to: Type, checked: boolean): Value {
  const { minimum, maximum, name } = integralRange(to);
  if (value instanceof Decimal) {
    const whole = value.truncate().mantissa;
    if (whole < minimum || whole > maximum)
      raise("OverflowException", `Value was either too large or too small for ${name}.`);
    return fromBigInt(whole, to);
  }
  if (!(value instanceof Float)) return fitInteger(toBigInt(value), to, checked);
  const number = value.value;
  if (Number.isNaN(number))
    return checked ? raise("OverflowException", "Arithmetic operation resulted in an overflow.") : fromBigInt(0n, to);
  if (!Number.isFinite(number)) {
    if (checked) raise("OverflowException", "Arithmetic operation resulted in an overflow.");
    return narrow(number > 0 ? INT_LIMITS.maximum : INT_LIMITS.minimum, to, number > 0 ? maximum : minimum);
  }
  const whole = BigInt(Math.trunc(number));
  if (whole >= minimum && whole <= maximum) return fromBigInt(whole, to);
  if (checked) raise("OverflowException", "Arithmetic operation resulted in an overflow.");
  const clamped =
    whole < INT_LIMITS.minimum ? INT_LIMITS.minimum : whole > INT_LIMITS.maximum ? INT_LIMITS.maximum : whole;
  return narrow(clamped, to, whole < minimum ? minimum : maximum);
}

const INT_LIMITS = { minimum: -(2n ** 31n), maximum: 2n ** 31n - 1n };

// Types narrower than int are reached through int (saturated), then cut to their bits; the others saturate themselves.
function narrow(throughInt: bigint, to: Type, saturated: bigint): Value {
  return integralRange(to).bits < 32 ? fitInteger(throughInt, to, false) : fromBigInt(saturated, to);
}
