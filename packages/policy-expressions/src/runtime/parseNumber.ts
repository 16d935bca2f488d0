import { integralRange, integralType } from "../model/numericTypes.ts";
import { DECIMAL, DOUBLE, FLOAT, type Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { Decimal } from "./decimal.ts";
import { argumentNull, badFormat, raise } from "./exception.ts";
import { Float } from "./number.ts";
import { fromBigInt } from "./numeric.ts";

const SPACE = "[\\t-\\r ]*";
const INTEGER = new RegExp(`^${SPACE}([+-]?)(\\d+)${SPACE}\\0*$`);
const DIGITS = "(?=[\\d.])((?:\\d[\\d,]*)?(?:\\.\\d*)?)";
// Never two runs of space in a row (something stands between them): they could be divided in as many ways as they are long.
const DECIMAL_FORM = new RegExp(`^${SPACE}([+-]?)${DIGITS}${SPACE}(?:([+-])${SPACE})?$`);
const FLOAT_FORM = new RegExp(`^${SPACE}([+-]?)${DIGITS}(e[+-]?\\d+)?${SPACE}$`, "i");

export type Parsed = { readonly value: Value } | { readonly failure: "format" | "overflow" };

/** What T.TryParse sees in a text: a number, no number, or one that does not fit. Invariant culture, default styles. */
export function readNumber(text: string, type: Type): Parsed {
  if (type.key === DECIMAL.key) return readDecimal(text);
  if (type.key === DOUBLE.key || type.key === FLOAT.key) return readFloat(text, type.key === FLOAT.key);
  const match = INTEGER.exec(text);
  if (match === null) return { failure: "format" };
  const value = BigInt(`${match[1] === "-" ? "-" : ""}${match[2]}`);
  const { minimum, maximum } = integralRange(type);
  return value < minimum || value > maximum ? { failure: "overflow" } : { value: fromBigInt(value, type) };
}

function hasDigit(text: string | undefined): boolean {
  return /\d/.test(text ?? "");
}

function readDecimal(text: string): Parsed {
  const match = DECIMAL_FORM.exec(text);
  if (match === null || !hasDigit(match[2]) || (match[1] !== "" && match[3] !== undefined))
    return { failure: "format" };
  const sign = match[1] === "-" || match[3] === "-" ? "-" : "";
  const digits = (match[2] ?? "").replaceAll(",", "");
  try {
    return { value: Decimal.parse(`${sign}${digits.endsWith(".") ? digits.slice(0, -1) : digits}`) };
  } catch {
    // Decimal.parse throws only for what does not fit.
    return { failure: "overflow" };
  }
}

function readFloat(text: string, single: boolean): Parsed {
  const make = (value: number): Parsed => ({ value: single ? Float.single(value) : Float.double(value) });
  const named: Record<string, number> = {
    nan: Number.NaN,
    "+nan": Number.NaN,
    "-nan": Number.NaN,
    infinity: Number.POSITIVE_INFINITY,
    "+infinity": Number.POSITIVE_INFINITY,
    "-infinity": Number.NEGATIVE_INFINITY,
    "∞": Number.POSITIVE_INFINITY,
    "-∞": Number.NEGATIVE_INFINITY,
  };
  const word = named[text.trim().toLowerCase()];
  if (word !== undefined) return make(word);
  const match = FLOAT_FORM.exec(text);
  if (match === null || !hasDigit(match[2])) return { failure: "format" };
  return make(Number(`${match[1]}${(match[2] ?? "").replaceAll(",", "")}${match[3] ?? ""}`));
}

/** T.Parse: the number, or FormatException, OverflowException, ArgumentNullException. */
export function parseNumber(text: string | null, type: Type, parameter = "s"): Value {
  if (text === null) return argumentNull(parameter);
  const parsed = readNumber(text, type);
  if ("value" in parsed) return parsed.value;
  if (parsed.failure === "format") return badFormat(text);
  const name = integralType(type)?.article ?? "a Decimal";
  return raise("OverflowException", `Value was either too large or too small for ${name}.`);
}
