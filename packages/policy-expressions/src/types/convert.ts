import type { MemberTable, TypeDefinition } from "../model/definition.ts";
import { INTEGER_TYPES, integralRange, NUMBER_TYPES } from "../model/numericTypes.ts";
import { BOOL, CHAR, namedType, simpleName, type Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { changeType } from "../runtime/changeType.ts";
import type { NetArray } from "../runtime/collection.ts";
import { notNull, raise } from "../runtime/exception.ts";
import { formatInteger } from "../runtime/integerText.ts";
import { JValueValue } from "../runtime/json/jsonValue.ts";
import { fitInteger, toBigInt } from "../runtime/numeric.ts";
import { textOf } from "../runtime/text.ts";
import { fromBase64 } from "./base64.ts";
import { bitConverterMembers } from "./bitConverter.ts";
import { byteArray, bytesOf, checkRange } from "./support.ts";

interface Convertible {
  readonly keyword: string;
  readonly type: Type;
}

const TARGETS: readonly Convertible[] = [
  { keyword: "bool", type: BOOL },
  { keyword: "char", type: CHAR },
  ...NUMBER_TYPES,
  { keyword: "DateTime", type: namedType("System.DateTime") },
];
const SOURCES: readonly string[] = ["object", "string", ...TARGETS.map((target) => target.keyword)];

// A JValue is IConvertible: its value is converted.
const unwrap = (value: Value): Value => (value instanceof JValueValue ? value.value : value);

const conversions: MemberTable = Object.fromEntries([
  ...TARGETS.flatMap(({ keyword, type }) =>
    SOURCES.map((source) => [
      `static ${keyword} To${simpleName(type)}(${source} value)`,
      (value: Value) => changeType(unwrap(value), type),
    ]),
  ),
  ...TARGETS.map(({ keyword, type }) => [
    `static ${keyword} To${simpleName(type)}(object value, IFormatProvider provider)`,
    (value: Value) => changeType(unwrap(value), type),
  ]),
  ...TARGETS.map(({ keyword, type }) => [
    `static ${keyword} To${simpleName(type)}(string value, IFormatProvider provider)`,
    (value: Value) => changeType(value, type),
  ]),
]);

// Convert.ToString(null as object) is "", but of a null string it is null.
const texts: MemberTable = Object.fromEntries(
  SOURCES.map((source) => [
    `static string ToString(${source} value)`,
    source === "string" ? (value: Value) => value : textOf,
  ]),
);

function toRadix(value: Value, radix: number, bits: number): string {
  if (![2, 8, 10, 16].includes(radix)) raise("ArgumentException", "Invalid Base.");
  const number = toBigInt(value);
  if (radix === 10) return formatInteger(number, bits, null);
  return BigInt.asUintN(bits, number).toString(radix);
}

function fromRadix(text: string | null, radix: number, type: Type): Value {
  if (![2, 8, 10, 16].includes(radix)) raise("ArgumentException", "Invalid Base.");
  if (text === null) return fitInteger(0n, type, false);
  if (text === "")
    return raise(
      "ArgumentOutOfRangeException",
      "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'startIndex')",
    );
  const digits = radix === 16 ? text.replace(/^0[xX]/, "") : text;
  const allowed = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^-?\d+$/, 16: /^[0-9a-fA-F]+$/ }[radix as 2 | 8 | 10 | 16];
  if (!allowed.test(digits)) return raise("FormatException");
  const prefix = { 2: "0b", 8: "0o", 10: "", 16: "0x" }[radix as 2 | 8 | 10 | 16];
  const value = BigInt(prefix + digits);
  const { minimum, maximum, bits } = integralRange(type);
  if (radix === 10 ? value < minimum || value > maximum : value >= 1n << BigInt(bits)) raise("OverflowException");
  return fitInteger(value, type, false);
}

const radix: MemberTable = Object.fromEntries(
  INTEGER_TYPES.map(({ keyword, type }) => [
    `static ${keyword} To${simpleName(type)}(string value, int fromBase)`,
    (text: string | null, base: number) => fromRadix(text, base, type),
  ]),
);

const decode = (text: string | null): NetArray =>
  byteArray(
    fromBase64(notNull(text, "s")) ??
      raise(
        "FormatException",
        "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, or an illegal character among the padding characters.",
      ),
  );

const convertMembers: MemberTable = {
  ...conversions,
  ...texts,
  ...radix,
  "static string ToString(object value, IFormatProvider provider)": textOf,
  "static string ToString(byte value, int toBase)": (value: Value, base: number) => toRadix(value, base, 8),
  "static string ToString(short value, int toBase)": (value: Value, base: number) => toRadix(value, base, 16),
  "static string ToString(int value, int toBase)": (value: Value, base: number) => toRadix(value, base, 32),
  "static string ToString(long value, int toBase)": (value: Value, base: number) => toRadix(value, base, 64),
  "static string ToBase64String(byte[] inArray)": (bytes: NetArray | null) =>
    bytesOf(notNull(bytes, "inArray")).toString("base64"),
  "static string ToBase64String(byte[] inArray, int offset, int length)": (
    bytes: NetArray,
    offset: number,
    length: number,
  ) => {
    checkRange(offset, length, bytes.list.length);
    return bytesOf(bytes)
      .subarray(offset, offset + length)
      .toString("base64");
  },
  "static byte[] FromBase64String(string s)": decode,
  "static byte[] FromBase64CharArray(char[] inArray, int offset, int length)": (
    chars: NetArray,
    offset: number,
    length: number,
  ) =>
    decode(
      chars.list
        .slice(offset, offset + length)
        .map(textOf)
        .join(""),
    ),
  "static string ToHexString(byte[] inArray)": (bytes: NetArray | null) =>
    bytesOf(notNull(bytes, "inArray")).toString("hex").toUpperCase(),
  "static string ToHexStringLower(byte[] inArray)": (bytes: NetArray | null) =>
    bytesOf(notNull(bytes, "inArray")).toString("hex"),
  "static byte[] FromHexString(string s)": (text: string | null) =>
    /^(?:[0-9a-fA-F]{2})*$/.test(notNull(text, "s"))
      ? byteArray(Buffer.from(text ?? "", "hex"))
      : raise("FormatException"),
  "static object ChangeType(object value, Type conversionType)": "refused",
};

export const convertTypes: readonly TypeDefinition[] = [
  { namespace: "System", name: "Convert", kind: "class", members: convertMembers },
  { namespace: "System", name: "BitConverter", kind: "class", members: bitConverterMembers },
];
