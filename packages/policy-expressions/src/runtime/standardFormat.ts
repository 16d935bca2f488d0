import { type Digits, digitsOf, fractionDigits, integerDigits, roundAtPoint, roundDigits } from "./digits.ts";
import { raise } from "./exception.ts";

/** What a numeric type brings to a standard format string. */
export interface Formattable {
  /** The number with all digits the format may need, given how many of them after the point or in all. */
  readonly digits: (
    precision: { readonly afterPoint: number } | { readonly significant: number } | "shortest",
  ) => Digits;
  /** "G" without precision. */
  readonly general: () => string;
  readonly isInteger: boolean;
  /** Significant digits of "G" with precision 0. */
  readonly defaultDigits: number;
  /** Bits and value of an integer, for "X", "B" and "D". */
  readonly integer?: { readonly value: bigint; readonly bits: number };
  /** Whether a rounded negative zero keeps its sign ("-0.00"): doubles do. */
  readonly signedZero: boolean;
}

const STANDARD = /^([A-Za-z])(\d{0,9})$/;

/** Splits a standard format string; undefined for a custom one. */
export function standardFormat(
  format: string,
): { readonly letter: string; readonly precision: number | undefined } | undefined {
  const match = STANDARD.exec(format);
  if (match === null) return undefined;
  return { letter: match[1] ?? "", precision: match[2] === "" ? undefined : Number(match[2]) };
}

/** Formats by a standard format string, invariant culture (currency sign ¤). */
export function formatStandard(number: Formattable, letter: string, precision: number | undefined): string {
  const upper = letter.toUpperCase();
  const count = precision ?? 2;
  switch (upper) {
    case "G":
      return general(number, letter, precision);
    case "R":
      return number.general();
    case "F":
      return fixed(number, count, false);
    case "N":
      return fixed(number, count, true);
    case "C":
      return currency(number, count);
    case "P":
      return percent(number, count);
    case "E":
      return scientific(number, letter, precision ?? 6, 3);
    case "D":
    case "X":
    case "B":
      return integral(number, letter, precision ?? 0);
    default:
      return raise("FormatException", "Format specifier was invalid.");
  }
}

function sign(number: Formattable, digits: Digits): string {
  return digits.negative && (digits.digits !== "" || number.signedZero) ? "-" : "";
}

/** Groups of three, separated by commas. */
export function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

function plain(digits: Digits, count: number, grouped: boolean): string {
  const whole = integerDigits(digits);
  return (grouped ? group(whole) : whole) + (count > 0 ? `.${fractionDigits(digits, count)}` : "");
}

function fixed(number: Formattable, count: number, grouped: boolean): string {
  const digits = roundAtPoint(number.digits({ afterPoint: count }), count);
  return sign(number, digits) + plain(digits, count, grouped);
}

function currency(number: Formattable, count: number): string {
  const digits = roundAtPoint(number.digits({ afterPoint: count }), count);
  const text = `¤${plain(digits, count, true)}`;
  return sign(number, digits) === "" ? text : `(${text})`;
}

function percent(number: Formattable, count: number): string {
  // Multiplied by a hundred after it was cut to its digits, as .NET does.
  const exact = number.digits({ afterPoint: count + 2 });
  const digits = roundAtPoint({ ...exact, point: exact.digits === "" ? 0 : exact.point + 2 }, count);
  return `${sign(number, digits) + plain(digits, count, true)} %`;
}

/** d.ddddE+ddd with `count` digits after the point. */
export function scientific(number: Formattable, letter: string, count: number, exponentDigits: number): string {
  const digits = roundDigits(number.digits({ significant: count + 1 }), count + 1);
  return sign(number, digits) + mantissaAndExponent(digits, count, letter, exponentDigits);
}

function mantissaAndExponent(digits: Digits, count: number, letter: string, exponentDigits: number): string {
  const all = digits.digits.padEnd(count + 1, "0");
  const exponent = digits.digits === "" ? 0 : digits.point - 1;
  const power = Math.abs(exponent).toString().padStart(exponentDigits, "0");
  return `${all.charAt(0)}${count > 0 ? `.${all.slice(1, count + 1)}` : ""}${letter}${exponent < 0 ? "-" : "+"}${power}`;
}

function general(number: Formattable, letter: string, precision: number | undefined): string {
  if (precision === undefined || (precision === 0 && number.defaultDigits === 0)) {
    const text = number.general();
    return letter === "g" ? text.replace("E", "e") : text;
  }
  const significant = precision === 0 ? number.defaultDigits : precision;
  const digits = roundDigits(number.digits(precision === 0 ? "shortest" : { significant }), significant);
  const minus = sign(number, digits);
  if (digits.digits !== "" && (digits.point > significant || digits.point < -3)) {
    return minus + mantissaAndExponent(digits, Math.max(digits.digits.length - 1, 0), letter === "g" ? "e" : "E", 2);
  }
  return minus + plain(digits, Math.max(digits.digits.length - digits.point, 0), false);
}

function integral(number: Formattable, letter: string, precision: number): string {
  if (number.integer === undefined) return raise("FormatException", "Format specifier was invalid.");
  const { value, bits } = number.integer;
  if (letter.toUpperCase() === "D") {
    const { negative } = digitsOf(value);
    return (negative ? "-" : "") + (negative ? -value : value).toString().padStart(precision, "0");
  }
  const text = BigInt.asUintN(bits, value)
    .toString(letter.toUpperCase() === "X" ? 16 : 2)
    .padStart(precision, "0");
  return letter === "X" ? text.toUpperCase() : text;
}
