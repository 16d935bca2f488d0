import { integralRange } from "../model/numericTypes.ts";
import { BYTE, CHAR, DOUBLE, FLOAT, type Type } from "../model/type.ts";
import { type EqualityKey, NetObject } from "../model/value.ts";
import { formatFloat, shortestFloat } from "./floatText.ts";
import { formatInteger } from "./integerText.ts";

/** double or float. A float's value is always rounded to single precision. */
export class Float extends NetObject {
  override readonly type: Type;
  readonly value: number;

  private constructor(type: Type, value: number) {
    super();
    this.type = type;
    this.value = value;
  }

  static double(value: number): Float {
    return new Float(DOUBLE, value);
  }

  static single(value: number): Float {
    return new Float(FLOAT, Math.fround(value));
  }

  get isSingle(): boolean {
    return this.type === FLOAT;
  }

  override toText(): string {
    return shortestFloat(this.value, this.isSingle);
  }

  override format(format: string | null): string {
    return formatFloat(this.value, this.isSingle, format);
  }

  override equalityKey(): EqualityKey {
    return `${this.type.key}:${this.value === 0 ? 0 : this.value}`;
  }

  override compareTo(other: NetObject): number | undefined {
    if (!(other instanceof Float) || other.type !== this.type) return undefined;
    // NaN comes first and equals itself.
    if (Number.isNaN(this.value) || Number.isNaN(other.value))
      return Number(Number.isNaN(other.value)) - Number(Number.isNaN(this.value));
    return this.value < other.value ? -1 : Number(this.value > other.value);
  }
}

/** The integer types other than int (a JavaScript number) and long (a bigint). */
export class Integer extends NetObject {
  override readonly type: Type;
  readonly value: bigint;

  constructor(type: Type, value: bigint) {
    super();
    this.type = type;
    this.value = value;
  }

  override toText(): string {
    return this.value.toString();
  }

  override format(format: string | null): string {
    return formatInteger(this.value, integralRange(this.type).bits, format);
  }

  override equalityKey(): EqualityKey {
    return `${this.type.key}:${this.value}`;
  }

  override compareTo(other: NetObject): number | undefined {
    if (!(other instanceof Integer) || other.type.key !== this.type.key) return undefined;
    return this.value < other.value ? -1 : Number(this.value > other.value);
  }
}

export function byte(value: number): Integer {
  return new Integer(BYTE, BigInt(value));
}

/** A UTF-16 code unit. */
export class Char extends NetObject {
  readonly code: number;

  constructor(code: number) {
    super();
    this.code = code;
  }

  static of(text: string): Char {
    return new Char(text.charCodeAt(0));
  }

  override get type(): Type {
    return CHAR;
  }

  override toText(): string {
    return String.fromCharCode(this.code);
  }

  override format(): string {
    return this.toText();
  }

  override equalityKey(): EqualityKey {
    return `char:${this.code}`;
  }

  override compareTo(other: NetObject): number | undefined {
    return other instanceof Char ? this.code - other.code : undefined;
  }
}
