import { BYTE, CHAR, DECIMAL, DOUBLE, FLOAT, INT, LONG, SBYTE, SHORT, type Type, UINT, ULONG, USHORT } from "./type.ts";

interface NumericType {
  readonly type: Type;
  readonly keyword: string;
  readonly signed: boolean;
}

/** sbyte to ulong, and char. */
export interface IntegralType extends NumericType {
  readonly bits: number;
  /** What .NET's OverflowException calls it. */
  readonly article: string;
  readonly minimum: bigint;
  readonly maximum: bigint;
}

function integral(type: Type, keyword: string, bits: number, signed: boolean, article: string): IntegralType {
  const minimum = signed ? -(1n << BigInt(bits - 1)) : 0n;
  return { type, keyword, signed, article, bits, minimum, maximum: minimum + (1n << BigInt(bits)) - 1n };
}

/** The types of whole numbers without char, narrow to wide. */
export const INTEGER_TYPES: readonly IntegralType[] = [
  integral(SBYTE, "sbyte", 8, true, "a signed byte"),
  integral(BYTE, "byte", 8, false, "an unsigned byte"),
  integral(SHORT, "short", 16, true, "an Int16"),
  integral(USHORT, "ushort", 16, false, "a UInt16"),
  integral(INT, "int", 32, true, "an Int32"),
  integral(UINT, "uint", 32, false, "a UInt32"),
  integral(LONG, "long", 64, true, "an Int64"),
  integral(ULONG, "ulong", 64, false, "a UInt64"),
];

const REAL_TYPES: readonly NumericType[] = [
  { type: FLOAT, keyword: "float", signed: true },
  { type: DOUBLE, keyword: "double", signed: true },
  { type: DECIMAL, keyword: "decimal", signed: true },
];

/** The types that Math and Convert have overloads for: all numeric ones but char. */
export const NUMBER_TYPES: readonly NumericType[] = [...INTEGER_TYPES, ...REAL_TYPES];

const INTEGRAL_BY_KEY: ReadonlyMap<string, IntegralType> = new Map(
  [...INTEGER_TYPES, integral(CHAR, "char", 16, false, "a character")].map((one) => [one.type.key, one]),
);
const REAL_KEYS: ReadonlySet<string> = new Set(REAL_TYPES.map((one) => one.type.key));

/** Width and range of an integral type (C# 7.3, §8.3.6; char is one), or undefined for any other type. */
export function integralType(type: Type): IntegralType | undefined {
  return INTEGRAL_BY_KEY.get(type.key);
}

/** Width, range and name of a type that is known to be integral; an Error for any other. */
export function integralRange(type: Type): IntegralType {
  const found = integralType(type);
  if (found === undefined) throw new Error(`an integral type was expected, not ${type.key}`);
  return found;
}

export function isIntegral(type: Type): boolean {
  return INTEGRAL_BY_KEY.has(type.key);
}

/** float, double or decimal. */
export function isReal(type: Type): boolean {
  return REAL_KEYS.has(type.key);
}

export function isNumeric(type: Type): boolean {
  return isIntegral(type) || isReal(type);
}

/**
 * Whether an implicit numeric conversion exists (C# 7.3, §10.2.3). The standard's list is this rule written out: a whole
 * number goes where its whole range fits and to every real type, a float to a double, and nothing becomes a char.
 */
export function widens(from: Type, to: Type): boolean {
  if (from.key === to.key || to.key === CHAR.key) return false;
  const source = integralType(from);
  if (source === undefined) return from.key === FLOAT.key && to.key === DOUBLE.key;
  const target = integralType(to);
  if (target === undefined) return isReal(to);
  return source.minimum >= target.minimum && source.maximum <= target.maximum;
}
