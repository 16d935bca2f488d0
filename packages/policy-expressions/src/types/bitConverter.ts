import type { MemberTable } from "../model/definition.ts";
import { BYTE, INT, LONG, SHORT, UINT, ULONG, USHORT } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { NetArray } from "../runtime/collection.ts";
import { notNull, raise } from "../runtime/exception.ts";
import { byte, Integer } from "../runtime/number.ts";
import { fitInteger, toBigInt } from "../runtime/numeric.ts";
import { bytesOf, checkRange } from "./support.ts";

function littleEndian(value: bigint, size: number): NetArray {
  return new NetArray(
    BYTE,
    Array.from({ length: size }, (_, i) => byte(Number((value >> BigInt(8 * i)) & 0xffn))),
  );
}

function readLittleEndian(bytes: NetArray | null, start: number, size: number): bigint {
  const list = notNull(bytes, "value").list;
  if (start < 0 || start >= list.length) raise("ArgumentOutOfRangeException");
  if (start + size > list.length) raise("ArgumentException");
  return list
    .slice(start, start + size)
    .reduce<bigint>((sum, item, i) => sum | ((item instanceof Integer ? item.value : 0n) << BigInt(8 * i)), 0n);
}

const hex = (bytes: NetArray | null): string =>
  bytesOf(notNull(bytes, "value"))
    .toString("hex")
    .toUpperCase()
    .replace(/(..)(?=.)/g, "$1-");

/** BitConverter, on a machine that is little-endian. */
export const bitConverterMembers: MemberTable = {
  "static bool IsLittleEndian": () => true,
  "static string ToString(byte[] value)": hex,
  "static string ToString(byte[] value, int startIndex)": (bytes: NetArray, start: number) =>
    hex(new NetArray(BYTE, bytes.list.slice(start))),
  "static string ToString(byte[] value, int startIndex, int length)": (
    bytes: NetArray,
    start: number,
    length: number,
  ) => {
    checkRange(start, length, bytes.list.length);
    return hex(new NetArray(BYTE, bytes.list.slice(start, start + length)));
  },
  "static byte[] GetBytes(bool value)": (value: boolean) => littleEndian(value ? 1n : 0n, 1),
  "static byte[] GetBytes(char value)": (value: Value) => littleEndian(toBigInt(value), 2),
  "static byte[] GetBytes(short value)": (value: Value) => littleEndian(toBigInt(value), 2),
  "static byte[] GetBytes(ushort value)": (value: Value) => littleEndian(toBigInt(value), 2),
  "static byte[] GetBytes(int value)": (value: Value) => littleEndian(toBigInt(value), 4),
  "static byte[] GetBytes(uint value)": (value: Value) => littleEndian(toBigInt(value), 4),
  "static byte[] GetBytes(long value)": (value: Value) => littleEndian(toBigInt(value), 8),
  "static byte[] GetBytes(ulong value)": (value: Value) => littleEndian(toBigInt(value), 8),
  "static byte[] GetBytes(double value)": "refused",
  "static byte[] GetBytes(float value)": "refused",
  "static short ToInt16(byte[] value, int startIndex)": (bytes: NetArray, start: number) =>
    fitInteger(readLittleEndian(bytes, start, 2), SHORT, false),
  "static ushort ToUInt16(byte[] value, int startIndex)": (bytes: NetArray, start: number) =>
    fitInteger(readLittleEndian(bytes, start, 2), USHORT, false),
  "static int ToInt32(byte[] value, int startIndex)": (bytes: NetArray, start: number) =>
    fitInteger(readLittleEndian(bytes, start, 4), INT, false),
  "static uint ToUInt32(byte[] value, int startIndex)": (bytes: NetArray, start: number) =>
    fitInteger(readLittleEndian(bytes, start, 4), UINT, false),
  "static long ToInt64(byte[] value, int startIndex)": (bytes: NetArray, start: number) =>
    fitInteger(readLittleEndian(bytes, start, 8), LONG, false),
  "static ulong ToUInt64(byte[] value, int startIndex)": (bytes: NetArray, start: number) =>
    fitInteger(readLittleEndian(bytes, start, 8), ULONG, false),
};
