import { unsupported } from "../errors.ts";
import { formatCustom } from "./customFormat.ts";
import { type Digits, roundDigits, roundToEven } from "./digits.ts";
import { formatStandard, standardFormat } from "./standardFormat.ts";

const MAX_EXACT_DIGITS = 100;
const DOUBLE_DIGITS = 15;
const SINGLE_DIGITS = 7;
/** Digits that always suffice to read the number back: from one more on, the exponent is written. */
const DOUBLE_ROUND_TRIP = 17;
const SINGLE_ROUND_TRIP = 9;

/** The shortest text that reads back as the same number, as .NET Core 3.0 and later write it. */
export function shortestFloat(value: number, single: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  const { digits, point } = shortestDigits(value, single);
  const minus = value < 0 || Object.is(value, -0) ? "-" : "";
  if (digits === "") return `${minus}0`;
  if (point > (single ? SINGLE_ROUND_TRIP : DOUBLE_ROUND_TRIP) || point < -3) {
    const exponent = point - 1;
    const power = Math.abs(exponent).toString().padStart(2, "0");
    return `${minus}${digits.charAt(0)}${digits.length > 1 ? `.${digits.slice(1)}` : ""}E${exponent < 0 ? "-" : "+"}${power}`;
  }
  if (point <= 0) return `${minus}0.${"0".repeat(-point)}${digits}`;
  return (
    minus + (digits.length <= point ? digits.padEnd(point, "0") : `${digits.slice(0, point)}.${digits.slice(point)}`)
  );
}

function fromScientific(text: string, negative: boolean): Digits {
  const [mantissa = "0", exponent = "0"] = text.split("e");
  const digits = mantissa.replace("-", "").replace(".", "").replace(/0+$/, "");
  return { negative, digits, point: digits === "" ? 0 : Number(exponent) + 1 };
}

function shortestDigits(value: number, single: boolean): Digits {
  const negative = value < 0 || Object.is(value, -0);
  if (!single) return fromScientific(value.toExponential(), negative);
  for (let count = 0; count < 9; count++) {
    const text = value.toExponential(count);
    if (Math.fround(Number(text)) === value) return fromScientific(text, negative);
  }
  return fromScientific(value.toExponential(8), negative);
}

/** ToString(format) of a double or float. */
export function formatFloat(value: number, single: boolean, format: string | null): string {
  if (format === null || format === "" || !Number.isFinite(value)) return shortestFloat(value, single);
  const negative = value < 0 || Object.is(value, -0);
  const standard = standardFormat(format);
  const precision = single ? SINGLE_DIGITS : DOUBLE_DIGITS;
  if (standard === undefined) {
    const rounded = fromScientific(value.toExponential(precision - 1), negative);
    return formatCustom(roundDigits(rounded, precision), format);
  }
  return formatStandard(
    {
      digits: (wanted) => {
        if (wanted === "shortest") return shortestDigits(value, single);
        const exact = fromScientific(value.toExponential(MAX_EXACT_DIGITS), negative);
        const count = "significant" in wanted ? wanted.significant : exact.point + wanted.afterPoint;
        return count > MAX_EXACT_DIGITS
          ? unsupported(`a double with more than ${MAX_EXACT_DIGITS} digits`)
          : roundToEven(exact, count);
      },
      general: () => shortestFloat(value, single),
      isInteger: false,
      defaultDigits: precision,
      signedZero: true,
    },
    standard.letter,
    standard.precision,
  );
}
