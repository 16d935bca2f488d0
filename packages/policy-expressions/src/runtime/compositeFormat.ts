import type { Value } from "../model/value.ts";
import { raise } from "./exception.ts";
import { formatValue, textOf } from "./text.ts";

const ITEM = /\{\{|\}\}|\{ *(\d+) *(?:, *(-?\d+) *)?(?::((?:[^{}]|\{\{|\}\})*))?\}|[{}]/g;

/** string.Format: `{index,alignment:format}`. FormatException for a malformed format or a missing argument. */
export function formatComposite(format: string, args: readonly Value[]): string {
  return format.replace(ITEM, (whole, index?: string, alignment?: string, specifier?: string) => {
    if (whole === "{{" || whole === "}}") return whole.charAt(0);
    if (index === undefined) return raise("FormatException");
    const value = args[Number(index)];
    if (value === undefined)
      return raise(
        "FormatException",
        "Index (zero based) must be greater than or equal to zero and less than the size of the argument list.",
      );
    const text = specifier === undefined || specifier === "" ? textOf(value) : formatValue(value, specifier);
    const width = Number(alignment ?? 0);
    return width < 0 ? text.padEnd(-width) : text.padStart(width);
  });
}
