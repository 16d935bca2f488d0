import { DECIMAL, type Type } from "../model/type.ts";
import { type EqualityKey, NetObject } from "../model/value.ts";
import { formatCustom } from "./customFormat.ts";
import { digitsOf } from "./digits.ts";
import { raise } from "./exception.ts";
import { formatStandard, standardFormat } from "./standardFormat.ts";

const MAX_MANTISSA = (1n << 96n) - 1n;
const MAX_SCALE = 28;

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
const tenTo = (power: number): bigint => 10n ** BigInt(power);

function overflow(): never {
  return raise("OverflowException", "Value was either too large or too small for a Decimal.");
}

/** mantissa / divisor, rounded half to even. */
function divideToEven(mantissa: bigint, divisor: bigint): bigint {
  const quotient = mantissa / divisor;
  const rest = magnitude(mantissa % divisor) * 2n;
  const size = magnitude(divisor);
  const up = rest > size || (rest === size && quotient % 2n !== 0n);
  const towards = mantissa < 0n !== divisor < 0n ? -1n : 1n;
  return up ? quotient + towards : quotient;
}

/** System.Decimal: a 96-bit integer divided by ten to the power `scale`; the scale is kept (1.0 is not 1). */
export class Decimal extends NetObject {
  readonly mantissa: bigint;
  readonly scale: number;

  private constructor(mantissa: bigint, scale: number) {
    super();
    this.mantissa = mantissa;
    this.scale = scale;
  }

  /** Rounds half to even where the digits do not fit; throws OverflowException. */
  static of(mantissa: bigint, scale = 0): Decimal {
    if (scale <= MAX_SCALE && scale >= 0 && magnitude(mantissa) <= MAX_MANTISSA) return new Decimal(mantissa, scale);
    if (scale < 0) return Decimal.of(mantissa * tenTo(-scale), 0);
    let drop = Math.max(scale - MAX_SCALE, 0);
    while (true) {
      const rounded = divideToEven(mantissa, tenTo(drop));
      if (magnitude(rounded) <= MAX_MANTISSA) return new Decimal(rounded, scale - drop);
      drop++;
      if (drop > scale) return overflow();
    }
  }

  static parse(digits: string): Decimal {
    const [number = "0", exponent = "0"] = digits.toLowerCase().split("e");
    const [whole = "", fraction = ""] = number.split(".");
    return Decimal.of(BigInt(`${whole}${fraction}`.replace(/^(-?)$/, "$10")), fraction.length - Number(exponent));
  }

  /** A double keeps 15 significant digits, a float 7. */
  static fromFloat(value: number, significant = 15): Decimal {
    if (!Number.isFinite(value)) return overflow();
    const text = value.toExponential(significant - 1);
    const parsed = Decimal.parse(text);
    return value === 0 ? new Decimal(0n, 0) : parsed.withoutTrailingZeros();
  }

  withoutTrailingZeros(atLeast = 0): Decimal {
    let { mantissa, scale } = this;
    while (scale > atLeast && mantissa % 10n === 0n) {
      mantissa /= 10n;
      scale--;
    }
    return new Decimal(mantissa, scale);
  }

  private at(scale: number): bigint {
    return this.mantissa * tenTo(scale - this.scale);
  }

  add(other: Decimal): Decimal {
    const scale = Math.max(this.scale, other.scale);
    return Decimal.of(this.at(scale) + other.at(scale), scale);
  }

  negate(): Decimal {
    return new Decimal(-this.mantissa, this.scale);
  }

  multiply(other: Decimal): Decimal {
    const mantissa = this.mantissa * other.mantissa;
    return Decimal.of(
      mantissa,
      mantissa === 0n ? Math.min(this.scale + other.scale, MAX_SCALE) : this.scale + other.scale,
    );
  }

  divide(other: Decimal): Decimal {
    if (other.mantissa === 0n) return raise("DivideByZeroException", "Attempted to divide by zero.");
    const preferred = Math.max(this.scale - other.scale, 0);
    // One digit more than can be kept, so that Decimal.of rounds once; the sticky digit keeps a tie from being misjudged.
    const extra = 60;
    const numerator = this.mantissa * tenTo(extra);
    const quotient = numerator / other.mantissa;
    const exact = numerator % other.mantissa === 0n;
    const sticky = exact ? 0n : this.mantissa < 0n !== other.mantissa < 0n ? -1n : 1n;
    return Decimal.of(quotient * 10n + sticky, this.scale - other.scale + extra + 1).withoutTrailingZeros(preferred);
  }

  remainder(other: Decimal): Decimal {
    if (other.mantissa === 0n) return raise("DivideByZeroException", "Attempted to divide by zero.");
    const scale = Math.max(this.scale, other.scale);
    return Decimal.of(this.at(scale) % other.at(scale), scale);
  }

  /** Rounds to `places` digits after the point; `toEven` or away from zero. */
  round(places: number, toEven = true): Decimal {
    if (places >= this.scale) return this;
    const divisor = tenTo(this.scale - places);
    if (toEven) return new Decimal(divideToEven(this.mantissa, divisor), places);
    const half = (this.mantissa < 0n ? -divisor : divisor) / 2n;
    return new Decimal((this.mantissa + half) / divisor, places);
  }

  truncate(): Decimal {
    return new Decimal(this.mantissa / tenTo(this.scale), 0);
  }

  floor(): Decimal {
    const whole = this.truncate();
    return whole.compare(this) > 0 ? new Decimal(whole.mantissa - 1n, 0) : whole;
  }

  compare(other: Decimal): number {
    const scale = Math.max(this.scale, other.scale);
    const difference = this.at(scale) - other.at(scale);
    return difference < 0n ? -1 : Number(difference > 0n);
  }

  toNumber(): number {
    return Number(this.toText());
  }

  override get type(): Type {
    return DECIMAL;
  }

  override toText(): string {
    const digits = magnitude(this.mantissa)
      .toString()
      .padStart(this.scale + 1, "0");
    const text = this.scale === 0 ? digits : `${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`;
    return this.mantissa < 0n ? `-${text}` : text;
  }

  override format(format: string | null): string {
    if (format === null || format === "") return this.toText();
    const standard = standardFormat(format);
    const digits = digitsOf(this.mantissa, this.scale);
    if (standard === undefined) return formatCustom(digits, format);
    const number = {
      digits: () => digits,
      general: () => this.toText(),
      isInteger: false,
      defaultDigits: 0,
      signedZero: false,
    };
    return formatStandard(number, standard.letter, standard.precision);
  }

  override equalityKey(): EqualityKey {
    const plain = this.withoutTrailingZeros();
    return `decimal:${plain.mantissa}e${plain.scale}`;
  }

  override compareTo(other: NetObject): number | undefined {
    return other instanceof Decimal ? this.compare(other) : undefined;
  }
}
