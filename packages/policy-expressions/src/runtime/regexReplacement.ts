import { unsupported } from "../errors.ts";
import type { Found } from "./regex.ts";

/** $1, ${name}, $&, $$, $`, $', $_ in a replacement, by what a match found in its input. */
export function expandReplacement(replacement: string, match: Found, input: string): string {
  return replacement.replace(
    /\$(?:(\d+)|\{(\w+)\}|([$&`'_+]))/g,
    (whole, number?: string, name?: string, special?: string) => {
      if (number !== undefined && match.groups[Number(number)] === undefined && number.length > 1)
        return unsupported(`'${whole}' in a replacement`);
      const group = number === undefined ? match.groups.find((one) => one.name === name) : match.groups[Number(number)];
      if (special === undefined) return group === undefined ? whole : group.value;
      switch (special) {
        case "$":
          return "$";
        case "&":
          return match.hit.value;
        case "`":
          return input.slice(0, match.hit.index);
        case "'":
          return input.slice(match.hit.index + match.hit.value.length);
        case "_":
          return input;
        default:
          return unsupported("'$+' in a replacement");
      }
    },
  );
}
