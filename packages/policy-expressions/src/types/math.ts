import { unsupported } from "../errors.ts";
import type { MemberTable, TypeDefinition } from "../model/definition.ts";
import { NUMBER_TYPES } from "../model/numericTypes.ts";
import { FLOAT, namedType, type Type } from "../model/type.ts";
import { NetObject, type Value } from "../model/value.ts";
import { arithmetic } from "../runtime/arithmetic.ts";
import type { NetArray } from "../runtime/collection.ts";
import { Decimal } from "../runtime/decimal.ts";
import { compareValues } from "../runtime/equality.ts";
import { raise } from "../runtime/exception.ts";
import { byte, Float } from "../runtime/number.ts";
import { convertNumeric, toNumber } from "../runtime/numeric.ts";
import type { EnumValue } from "../runtime/objects.ts";

const isNotANumber = (value: Value): boolean => value instanceof Float && Number.isNaN(value.value);

function extreme(sign: 1 | -1) {
  return (a: Value, b: Value): Value => {
    if (isNotANumber(a) || isNotANumber(b)) return isNotANumber(a) ? a : b;
    return compareValues(a, b) * sign >= 0 ? a : b;
  };
}

function absolute(type: Type) {
  const zero = convertNumeric(0, type);
  const negate = arithmetic("-", type, true);
  return (value: Value): Value => {
    if (value instanceof Float)
      return type.key === FLOAT.key ? Float.single(Math.abs(value.value)) : Float.double(Math.abs(value.value));
    if (value instanceof Decimal) return value.mantissa < 0n ? value.negate() : value;
    return compareValues(value, zero) < 0 ? convertNumeric(negate(zero, value), type) : value;
  };
}

function clamp(value: Value, minimum: Value, maximum: Value): Value {
  if (compareValues(minimum, maximum) > 0) raise("ArgumentException");
  return compareValues(value, minimum) < 0 ? minimum : compareValues(value, maximum) > 0 ? maximum : value;
}

const perType: MemberTable = Object.assign(
  {},
  ...NUMBER_TYPES.map(({ type, keyword, signed }) => ({
    [`static ${keyword} Max(${keyword} val1, ${keyword} val2)`]: extreme(1),
    [`static ${keyword} Min(${keyword} val1, ${keyword} val2)`]: extreme(-1),
    [`static ${keyword} Clamp(${keyword} value, ${keyword} min, ${keyword} max)`]: clamp,
    ...(signed
      ? {
          [`static ${keyword} Abs(${keyword} value)`]: absolute(type),
          [`static int Sign(${keyword} value)`]: (value: Value) =>
            isNotANumber(value) ? raise("ArithmeticException") : Math.sign(toNumber(value)),
        }
      : {}),
  })),
);

const double = (compute: (x: number) => number) => (value: Float) => Float.double(compute(value.value));

// Half to even on the number itself, as Math.Round does for no digits; with digits .NET scales first.
function toEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (Math.abs(value) >= 2 ** 52 || Number.isNaN(value)) return value;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  return rounded === 0 && (value < 0 || Object.is(value, -0)) ? -0 : rounded;
}

function awayFromZero(value: number): number {
  const size = Math.abs(value);
  if (size >= 2 ** 52 || Number.isNaN(value)) return value;
  const floor = Math.floor(size);
  const rounded = size - floor >= 0.5 ? floor + 1 : floor;
  return value < 0 || Object.is(value, -0) ? -rounded : rounded;
}

function roundBy(value: number, mode: EnumValue | undefined): number {
  if (mode === undefined || mode.value === 0) return toEven(value);
  if (mode.value === 1) return awayFromZero(value);
  if (mode.value === 2) return Math.trunc(value);
  return mode.value === 3 ? Math.floor(value) : Math.ceil(value);
}

function roundDouble(value: Float, digits: number, mode?: EnumValue): Float {
  if (digits < 0 || digits > 15)
    raise("ArgumentOutOfRangeException", "Rounding digits must be between 0 and 15, inclusive. (Parameter 'digits')");
  if (Math.abs(value.value) >= 1e16) return value;
  const power = 10 ** digits;
  return Float.double(roundBy(value.value * power, mode) / power);
}

function roundDecimal(value: Decimal, digits: number, mode?: EnumValue): Decimal {
  if (digits < 0 || digits > 28) raise("ArgumentOutOfRangeException");
  if (mode !== undefined && mode.value > 1) return unsupported("this MidpointRounding of a decimal");
  return value.round(digits, mode === undefined || mode.value === 0);
}

const members: MemberTable = {
  ...perType,
  "const double PI": () => Float.double(Math.PI),
  "const double E": () => Float.double(Math.E),
  "static double Floor(double d)": double(Math.floor),
  "static decimal Floor(decimal d)": (value: Decimal) => value.floor(),
  "static double Ceiling(double a)": double(Math.ceil),
  "static decimal Ceiling(decimal d)": (value: Decimal) => value.negate().floor().negate(),
  "static double Truncate(double d)": double(Math.trunc),
  "static decimal Truncate(decimal d)": (value: Decimal) => value.truncate(),
  "static double Sqrt(double d)": double(Math.sqrt),
  "static double Cbrt(double d)": "refused",
  "static double Pow(double x, double y)": (x: Float, y: Float) => power(x.value, y.value),
  "static double Exp(double d)": double(Math.exp),
  "static double Log(double d)": double(Math.log),
  "static double Log10(double d)": double(Math.log10),
  "static double Log2(double x)": double(Math.log2),
  "static double Log(double a, double newBase)": (a: Float, base: Float) =>
    Float.double(Math.log(a.value) / Math.log(base.value)),
  "static double Sin(double a)": double(Math.sin),
  "static double Cos(double d)": double(Math.cos),
  "static double Tan(double a)": double(Math.tan),
  "static double Round(double a)": (value: Float) => Float.double(toEven(value.value)),
  "static double Round(double value, int digits)": roundDouble,
  "static double Round(double value, MidpointRounding mode)": (value: Float, mode: EnumValue) =>
    Float.double(roundBy(value.value, mode)),
  "static double Round(double value, int digits, MidpointRounding mode)": roundDouble,
  "static decimal Round(decimal d)": (value: Decimal) => value.round(0),
  "static decimal Round(decimal d, int decimals)": roundDecimal,
  "static decimal Round(decimal d, MidpointRounding mode)": (value: Decimal, mode: EnumValue) =>
    roundDecimal(value, 0, mode),
  "static decimal Round(decimal d, int decimals, MidpointRounding mode)": roundDecimal,
  "static int DivRem(int a, int b, out int result)": "refused",
  "static long BigMul(int a, int b)": (a: number, b: number) => BigInt(a) * BigInt(b),
};

// JavaScript gives NaN where IEEE 754, and .NET, give 1.
function power(x: number, y: number): Float {
  return Float.double(x === 1 || (x === -1 && !Number.isFinite(y) && !Number.isNaN(y)) ? 1 : x ** y);
}

/** Random without a seed: nothing about its numbers is promised. */
class RandomSource extends NetObject {
  override get type(): Type {
    return namedType("System.Random");
  }
}

const random = (minimum: number, maximum: number): number => minimum + Math.floor(Math.random() * (maximum - minimum));

export const mathTypes: readonly TypeDefinition[] = [
  { namespace: "System", name: "Math", kind: "class", members },
  {
    namespace: "System",
    name: "MidpointRounding",
    kind: "enum",
    values: { ToEven: 0, AwayFromZero: 1, ToZero: 2, ToNegativeInfinity: 3, ToPositiveInfinity: 4 },
  },
  {
    namespace: "System",
    name: "Random",
    kind: "class",
    members: {
      "new()": () => new RandomSource(),
      // A seed promises a known sequence of numbers.
      "new(int Seed)": "refused",
      "int Next()": () => random(0, 0x7fff_ffff),
      "int Next(int maxValue)": (_self: Value, maximum: number) =>
        maximum < 0 ? raise("ArgumentOutOfRangeException") : random(0, maximum),
      "int Next(int minValue, int maxValue)": (_self: Value, minimum: number, maximum: number) =>
        minimum > maximum ? raise("ArgumentOutOfRangeException") : random(minimum, maximum),
      "double NextDouble()": () => Float.double(Math.random()),
      "void NextBytes(byte[] buffer)": (_self: Value, buffer: NetArray) => {
        for (let i = 0; i < buffer.list.length; i++) buffer.list[i] = byte(random(0, 256));
      },
    },
  },
];
