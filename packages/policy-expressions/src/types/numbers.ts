import { type MemberTable, type TypeDefinition, withCall } from "../model/definition.ts";
import { INTEGER_TYPES, type IntegralType } from "../model/numericTypes.ts";
import { DECIMAL, DOUBLE, FLOAT, INT, LONG, simpleName, type Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { parseBoolean, readBoolean } from "../runtime/changeType.ts";
import { Decimal } from "../runtime/decimal.ts";
import { compareValues, valuesEqual } from "../runtime/equality.ts";
import { notNull, raise } from "../runtime/exception.ts";
import { Float } from "../runtime/number.ts";
import { convertNumeric, fromBigInt } from "../runtime/numeric.ts";
import type { OutCell } from "../runtime/objects.ts";
import { parseNumber, readNumber } from "../runtime/parseNumber.ts";
import { formatValue, textOf } from "../runtime/text.ts";
import { typeArgument } from "./support.ts";

/** What all numeric types have; `self` is the C# keyword. */
function common(self: string, type: Type): MemberTable {
  const zero = convertNumeric(0, type);
  return {
    "string ToString()": textOf,
    "string ToString(string format)": formatValue,
    "string ToString(IFormatProvider provider)": textOf,
    "string ToString(string format, IFormatProvider provider)": (value: Value, format: string | null) =>
      formatValue(value, format),
    [`bool Equals(${self} obj)`]: valuesEqual,
    [`int CompareTo(${self} value)`]: compareValues,
    [`static ${self} Parse(string s)`]: (text: string | null) => parseNumber(text, type),
    [`static ${self} Parse(string s, IFormatProvider provider)`]: (text: string | null) => parseNumber(text, type),
    [`static bool TryParse(string s, out ${self} result)`]: (text: string | null, out: OutCell) => {
      const parsed = text === null ? undefined : readNumber(text, type);
      const ok = parsed !== undefined && "value" in parsed;
      out.value = ok ? parsed.value : zero;
      return ok;
    },
  };
}

function integral({ type, keyword, minimum, maximum }: IntegralType): MemberTable {
  return {
    ...common(keyword, type),
    [`const ${keyword} MinValue`]: () => fromBigInt(minimum, type),
    [`const ${keyword} MaxValue`]: () => fromBigInt(maximum, type),
  };
}

function floating(self: string, type: Type, make: (value: number) => Float): MemberTable {
  const value = (number: Value): number => (number instanceof Float ? number.value : Number.NaN);
  const single = type.key === FLOAT.key;
  return {
    ...common(self, type),
    [`const ${self} MinValue`]: () => make(single ? -3.4028234663852886e38 : -Number.MAX_VALUE),
    [`const ${self} MaxValue`]: () => make(single ? 3.4028234663852886e38 : Number.MAX_VALUE),
    [`const ${self} Epsilon`]: () => make(single ? 2 ** -149 : Number.MIN_VALUE),
    [`const ${self} NaN`]: () => make(Number.NaN),
    [`const ${self} PositiveInfinity`]: () => make(Number.POSITIVE_INFINITY),
    [`const ${self} NegativeInfinity`]: () => make(Number.NEGATIVE_INFINITY),
    [`static bool IsNaN(${self} d)`]: (number: Value) => Number.isNaN(value(number)),
    [`static bool IsInfinity(${self} d)`]: (number: Value) => Math.abs(value(number)) === Number.POSITIVE_INFINITY,
    [`static bool IsPositiveInfinity(${self} d)`]: (number: Value) => value(number) === Number.POSITIVE_INFINITY,
    [`static bool IsNegativeInfinity(${self} d)`]: (number: Value) => value(number) === Number.NEGATIVE_INFINITY,
  };
}

const decimalMembers: MemberTable = {
  ...common("decimal", DECIMAL),
  "new(int value)": (value: number) => Decimal.of(BigInt(value)),
  "new(long value)": (value: bigint) => Decimal.of(value),
  "new(double value)": (value: Float) => Decimal.fromFloat(value.value),
  "const decimal MinValue": () => Decimal.of(-(2n ** 96n) + 1n),
  "const decimal MaxValue": () => Decimal.of(2n ** 96n - 1n),
  "const decimal Zero": () => Decimal.of(0n),
  "const decimal One": () => Decimal.of(1n),
  "const decimal MinusOne": () => Decimal.of(-1n),
  "static decimal Add(decimal d1, decimal d2)": (a: Decimal, b: Decimal) => a.add(b),
  "static decimal Subtract(decimal d1, decimal d2)": (a: Decimal, b: Decimal) => a.add(b.negate()),
  "static decimal Multiply(decimal d1, decimal d2)": (a: Decimal, b: Decimal) => a.multiply(b),
  "static decimal Divide(decimal d1, decimal d2)": (a: Decimal, b: Decimal) => a.divide(b),
  "static decimal Remainder(decimal d1, decimal d2)": (a: Decimal, b: Decimal) => a.remainder(b),
  "static decimal Negate(decimal d)": (a: Decimal) => a.negate(),
  "static decimal Truncate(decimal d)": (a: Decimal) => a.truncate(),
  "static decimal Floor(decimal d)": (a: Decimal) => a.floor(),
  "static decimal Ceiling(decimal d)": (a: Decimal) => a.negate().floor().negate(),
  "static decimal Round(decimal d)": (a: Decimal) => a.round(0),
  "static decimal Round(decimal d, int decimals)": (a: Decimal, places: number) => a.round(places),
  "static int Compare(decimal d1, decimal d2)": (a: Decimal, b: Decimal) => a.compare(b),
  "static int ToInt32(decimal d)": (a: Decimal) => convertNumeric(a, INT),
  "static long ToInt64(decimal d)": (a: Decimal) => convertNumeric(a, LONG),
  "static double ToDouble(decimal d)": (a: Decimal) => convertNumeric(a, DOUBLE),
};

const struct = (type: Type, members: MemberTable): TypeDefinition => ({
  namespace: "System",
  name: simpleName(type),
  kind: "struct",
  interfaces: ["IComparable", "IFormattable"],
  members,
});

export const numberTypes: readonly TypeDefinition[] = [
  ...INTEGER_TYPES.map((one) => struct(one.type, integral(one))),
  struct(DOUBLE, floating("double", DOUBLE, Float.double)),
  struct(FLOAT, floating("float", FLOAT, Float.single)),
  struct(DECIMAL, decimalMembers),
  {
    namespace: "System",
    name: "Boolean",
    kind: "struct",
    interfaces: ["IComparable"],
    members: {
      "static string TrueString": () => "True",
      "static string FalseString": () => "False",
      "string ToString()": textOf,
      "bool Equals(bool obj)": valuesEqual,
      "int CompareTo(bool value)": compareValues,
      "static bool Parse(string value)": (text: string | null) => parseBoolean(notNull(text, "value")),
      "static bool TryParse(string value, out bool result)": (text: string | null, out: OutCell) => {
        const read = text === null ? undefined : readBoolean(text);
        out.value = read ?? false;
        return read !== undefined;
      },
    },
  },
  {
    namespace: "System",
    name: "Nullable<T>",
    kind: "struct",
    members: {
      "new(T value)": (value: Value) => value,
      "bool HasValue": (self: Value) => self !== null,
      "T Value": (self: Value) => self ?? noValue(),
      "T GetValueOrDefault()": withCall(
        (call) => (self: Value) => self ?? call.run.defaultOf(typeArgument(call, 0, "owner")),
      ),
      "T GetValueOrDefault(T defaultValue)": (self: Value, fallback: Value) => self ?? fallback,
      "string ToString()": textOf,
      "bool Equals(object other)": valuesEqual,
    },
  },
];

function noValue(): never {
  return raise("InvalidOperationException", "Nullable object must have a value.");
}
