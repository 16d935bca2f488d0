/** A number as decimal digits: 0.`digits` times ten to the power `point`. No leading zeros; zero has no digits. */
export interface Digits {
  readonly negative: boolean;
  readonly digits: string;
  readonly point: number;
}

/** Digits of `mantissa` divided by ten to the power `scale`. */
export function digitsOf(mantissa: bigint, scale = 0): Digits {
  const negative = mantissa < 0n;
  const text = (negative ? -mantissa : mantissa).toString();
  return text === "0" ? { negative, digits: "", point: 0 } : { negative, digits: text, point: text.length - scale };
}

/** Keeps `count` digits after the decimal point, rounding half away from zero. */
export function roundAtPoint(number: Digits, count: number): Digits {
  return roundDigits(number, number.point + count);
}

/** Keeps the first `count` digits, a tie going to the even digit: how doubles are cut to a precision. */
export function roundToEven(number: Digits, count: number): Digits {
  const { digits } = number;
  const tie = count >= 0 && /^50*$/.test(digits.slice(count));
  const lastIsEven = count <= 0 || Number(digits.charAt(count - 1)) % 2 === 0;
  return roundDigits(tie && lastIsEven ? { ...number, digits: digits.slice(0, count) } : number, count);
}

/** Keeps the first `count` digits, rounding half away from zero; trailing zeros are dropped. */
export function roundDigits(number: Digits, count: number): Digits {
  const { negative, digits, point } = number;
  if (count >= digits.length) {
    const kept = digits.replace(/0+$/, "");
    return { negative, digits: kept, point: kept === "" ? 0 : point };
  }
  if (count < 0) return { negative, digits: "", point: 0 };
  const up = (digits.charCodeAt(count) ?? 48) >= 53;
  const kept = digits.slice(0, count);
  if (!up)
    return kept.replace(/0+$/, "") === ""
      ? { negative, digits: "", point: 0 }
      : { negative, digits: kept.replace(/0+$/, ""), point };
  const raised = (BigInt(kept === "" ? "0" : kept) + 1n).toString();
  const grown = raised.length - kept.length;
  return { negative, digits: raised.replace(/0+$/, ""), point: point + grown };
}

/** The `count` digits from position `from` (0: the first after the decimal point), zeros where there are none. */
export function fractionDigits({ digits, point }: Digits, count: number): string {
  const padded = point < 0 ? "0".repeat(-point) + digits : digits.slice(point);
  return padded.slice(0, count).padEnd(count, "0");
}

/** The digits before the decimal point, at least "0". */
export function integerDigits({ digits, point }: Digits): string {
  return point <= 0 ? "0" : digits.slice(0, point).padEnd(point, "0");
}
