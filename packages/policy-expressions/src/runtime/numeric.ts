import { integralRange } from "../model/numericTypes.ts";
import { CHAR, DECIMAL, DOUBLE, FLOAT, INT, LONG, type Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { Decimal } from "./decimal.ts";
import { raise } from "./exception.ts";
import { Char, Float, Integer } from "./number.ts";

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
  const { minimum, maximum, bits, signed } = integralRange(type);
  if (value >= minimum && value <= maximum) return fromBigInt(value, type);
  if (checked) raise("OverflowException", "Arithmetic operation resulted in an overflow.");
  return fromBigInt(signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value), type);
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
  const { minimum, maximum, article } = integralRange(to);
  if (value instanceof Decimal) {
    const whole = value.truncate().mantissa;
    if (whole < minimum || whole > maximum)
      raise("OverflowException", `Value was either too large or too small for ${article}.`);
    return fromBigInt(whole, to);
  }
  if (!(value instanceof Float)) return fitInteger(toBigInt(value), to, checked);
  const number = value.value;
  if (Number.isNaN(number))
    return checked ? raise("OverflowException", "Arithmetic operation resulted in an overflow.") : fromBigInt(0n, to);
  if (!Number.isFinite(number)) {
    if (checked) raise("OverflowException", "Arithmetic operation resulted in an overflow.");
    return narrow(number > 0 ? INT_RANGE.maximum : INT_RANGE.minimum, to, number > 0 ? maximum : minimum);
  }
  const whole = BigInt(Math.trunc(number));
  if (whole >= minimum && whole <= maximum) return fromBigInt(whole, to);
  if (checked) raise("OverflowException", "Arithmetic operation resulted in an overflow.");
  const clamped = whole < INT_RANGE.minimum ? INT_RANGE.minimum : whole > INT_RANGE.maximum ? INT_RANGE.maximum : whole;
  return narrow(clamped, to, whole < minimum ? minimum : maximum);
}

const INT_RANGE = integralRange(INT);

// Types narrower than int are reached through int (saturated), then cut to their bits; the others saturate themselves.
function narrow(throughInt: bigint, to: Type, saturated: bigint): Value {
  return integralRange(to).bits < 32 ? fitInteger(throughInt, to, false) : fromBigInt(saturated, to);
}
