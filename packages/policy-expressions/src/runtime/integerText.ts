import { formatCustom } from "./customFormat.ts";
import { digitsOf } from "./digits.ts";
import { formatStandard, standardFormat } from "./standardFormat.ts";

/** ToString(format) of an integer of so many bits. */
export function formatInteger(value: bigint, bits: number, format: string | null): string {
  if (format === null || format === "") return value.toString();
  const standard = standardFormat(format);
  if (standard === undefined) return formatCustom(digitsOf(value), format);
  const number = {
    digits: () => digitsOf(value),
    general: () => value.toString(),
    isInteger: true,
    defaultDigits: 0,
    integer: { value, bits },
    signedZero: false,
  };
  return formatStandard(number, standard.letter, standard.precision);
}
