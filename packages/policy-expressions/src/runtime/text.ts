import { NetObject, type Value } from "../model/value.ts";
import { formatInteger } from "./integerText.ts";

/** ToString() of a value under the invariant culture; null gives nothing, as in concatenation and string.Format. */
export function textOf(value: Value): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "True" : "False";
  return value instanceof NetObject ? value.toText() : value.toString();
}

/** ToString(format) where the value is IFormattable, else ToString(). */
export function formatValue(value: Value, format: string | null): string {
  if (typeof value === "number") return formatInteger(BigInt(value), 32, format);
  if (typeof value === "bigint") return formatInteger(value, 64, format);
  if (value instanceof NetObject) return value.format(format) ?? value.toText();
  return textOf(value);
}
