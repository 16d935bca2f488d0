import { namedType, type Type } from "../model/type.ts";
import { type EqualityKey, NetObject } from "../model/value.ts";
import { raise } from "./exception.ts";

const FORMS = [
  /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i,
  /^\{([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}$/i,
  /^\(([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\)$/i,
  /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i,
];

/** Guid, kept as its 32 lower-case hexadecimal digits in the order they are written. */
export class Guid extends NetObject {
  static readonly EMPTY = new Guid("0".repeat(32));
  readonly hex: string;

  constructor(hex: string) {
    super();
    this.hex = hex;
  }

  /** Undefined when the text is none of the forms N, D, B and P. */
  static read(text: string): Guid | undefined {
    for (const form of FORMS) {
      const match = form.exec(text.trim());
      if (match !== null) return new Guid(match.slice(1).join("").toLowerCase());
    }
    return undefined;
  }

  /** The first three groups are little-endian in .NET's byte order. */
  static fromBytes(bytes: readonly number[]): Guid {
    const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    return new Guid(order.map((i) => (bytes[i] ?? 0).toString(16).padStart(2, "0")).join(""));
  }

  toBytes(): number[] {
    const inOrder = Array.from({ length: 16 }, (_, i) => Number.parseInt(this.hex.slice(i * 2, i * 2 + 2), 16));
    return [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((i) => inOrder[i] ?? 0);
  }

  override get type(): Type {
    return namedType("System.Guid");
  }

  override toText(): string {
    const { hex } = this;
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  override format(format: string | null): string {
    switch ((format || "D").toUpperCase()) {
      case "D":
        return this.toText();
      case "N":
        return this.hex;
      case "B":
        return `{${this.toText()}}`;
      case "P":
        return `(${this.toText()})`;
      default:
        return raise(
          "FormatException",
          'Format string can be only "D", "d", "N", "n", "P", "p", "B", "b", "X" or "x".',
        );
    }
  }

  override equalityKey(): EqualityKey {
    return `guid:${this.hex}`;
  }

  override compareTo(other: NetObject): number | undefined {
    if (!(other instanceof Guid)) return undefined;
    return this.hex < other.hex ? -1 : Number(this.hex > other.hex);
  }
}
