import type { Call } from "../model/definition.ts";
import { STRING, type Type } from "../model/type.ts";
import { NetArray } from "../runtime/collection.ts";
import { compareCulture, compareOrdinal } from "../runtime/culture.ts";
import { argumentOutOfRange } from "../runtime/exception.ts";
import { byte } from "../runtime/number.ts";
import { toBigInt } from "../runtime/numeric.ts";
import type { EnumValue } from "../runtime/objects.ts";
import { textOf } from "../runtime/text.ts";

/** StringComparison's members. */
export const COMPARISON = {
  CurrentCulture: 0,
  CurrentCultureIgnoreCase: 1,
  InvariantCulture: 2,
  InvariantCultureIgnoreCase: 3,
  Ordinal: 4,
  OrdinalIgnoreCase: 5,
};

export function ignoresCase(comparison: EnumValue): boolean {
  return comparison.value % 2 === 1;
}

export function isOrdinal(comparison: EnumValue): boolean {
  return comparison.value >= COMPARISON.Ordinal;
}

/** Order of two strings, null first. */
export function compareStrings(a: string | null, b: string | null, comparison: EnumValue): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return isOrdinal(comparison)
    ? compareOrdinal(a, b, ignoresCase(comparison))
    : compareCulture(a, b, ignoresCase(comparison));
}

export function stringArray(texts: readonly string[]): NetArray {
  return new NetArray(STRING, [...texts]);
}

export function bytesOf(array: NetArray): Buffer {
  return Buffer.from(array.list.map((item) => Number(toBigInt(item))));
}

export function byteArray(bytes: Uint8Array): NetArray {
  return new NetArray(BYTE_TYPE, Array.from(bytes, byte));
}

const BYTE_TYPE: Type = byte(0).type;

/** ArgumentOutOfRangeException unless start and count lie in a text or list of this length. */
export function checkRange(
  start: number,
  count: number,
  length: number,
  names: readonly [string, string] = ["startIndex", "length"],
): void {
  if (start < 0 || start > length) argumentOutOfRange(names[0]);
  if (count < 0 || start + count > length) argumentOutOfRange(names[1]);
}

/** The n-th type argument of the owner or the method. */
export function typeArgument(call: Call, index: number, of: "owner" | "method" = "method"): Type {
  const type = call[of][index];
  if (type === undefined) throw new Error("a signature declares fewer type parameters than its implementation uses");
  return type;
}

/** The characters of a char[], each as text; none of null. */
export function charsOf(array: NetArray | null): string[] {
  return (array?.list ?? []).map(textOf);
}
