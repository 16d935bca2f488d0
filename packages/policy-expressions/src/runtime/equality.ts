import { unsupported } from "../errors.ts";
import type { EqualityKey, Value } from "../model/value.ts";
import { NetObject, typeOf } from "../model/value.ts";
import { compareCulture } from "./culture.ts";
import { raise } from "./exception.ts";

/** A key under which values that Equals calls equal meet (EqualityComparer<T>.Default). */
export function keyOf(value: Value): EqualityKey {
  if (value === null) return "null";
  if (typeof value === "string") return `s:${value}`;
  if (value instanceof NetObject) return value.equalityKey();
  return `${typeof value}:${value}`;
}

/** object.Equals(a, b). */
export function valuesEqual(a: Value, b: Value): boolean {
  return keyOf(a) === keyOf(b);
}

/** Comparer<T>.Default: null first; strings by the invariant culture. */
export function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === "string" && typeof b === "string") return compareCulture(a, b, false);
  if (typeof a === typeof b && typeof a !== "object") return a < b ? -1 : Number(a > b);
  const order = a instanceof NetObject && b instanceof NetObject ? a.compareTo(b) : undefined;
  if (order !== undefined) return order;
  if (typeOf(a).key !== typeOf(b).key) unsupported(`comparing ${typeOf(a).key} with ${typeOf(b).key}`);
  return raise("InvalidOperationException", "Failed to compare two elements in the array.");
}
