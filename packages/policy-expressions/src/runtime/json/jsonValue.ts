import { unsupported } from "../../errors.ts";
import { namedType, type Type } from "../../model/type.ts";
import { type EqualityKey, NetObject, type Value } from "../../model/value.ts";
import { keyOf } from "../equality.ts";
import { formatValue, textOf } from "../text.ts";
import { JSON_NAMESPACE, JTokenValue } from "./token.ts";

/** JValue: a .NET value in the tree. */
export class JValueValue extends JTokenValue {
  value: Value;
  /** undefined is told from null. */
  readonly isUndefined: boolean;

  constructor(value: Value, isUndefined = false) {
    super();
    this.value = value;
    this.isUndefined = isUndefined;
  }

  override get type(): Type {
    return namedType(`${JSON_NAMESPACE}.JValue`);
  }

  clone(): JTokenValue {
    return new JValueValue(this.value, this.isUndefined);
  }

  deepEquals(other: JTokenValue): boolean {
    return other instanceof JValueValue && keyOf(comparable(this.value)) === keyOf(comparable(other.value));
  }

  override toText(): string {
    return textOf(this.value);
  }

  override format(format: string | null): string {
    return formatValue(this.value, format);
  }

  override compareTo(other: NetObject): number | undefined {
    const order = other instanceof JValueValue ? orderOf(this.value, other.value) : undefined;
    return order ?? unsupported("comparing JSON values of different kinds");
  }

  override equalityKey(): EqualityKey {
    const key = keyOf(comparable(this.value));
    return typeof key === "string" ? `jvalue:${key}` : this;
  }
}

// Numbers by size, text by ordinal order (JValue.Compare); other kinds are not ordered here.
function orderOf(a: Value, b: Value): number | undefined {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  const [x, y] = [comparable(a), comparable(b)];
  if (typeof x === "string" && typeof y === "string") return x < y ? -1 : Number(x > y);
  if (typeof x === "bigint" && typeof y === "bigint") return x < y ? -1 : Number(x > y);
  return x instanceof NetObject && y instanceof NetObject ? x.compareTo(y) : undefined;
}

// Integers compare by number, whatever their width.
function comparable(value: Value): Value {
  return typeof value === "number" ? BigInt(value) : value;
}
