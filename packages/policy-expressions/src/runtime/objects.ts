import { anonymousType, namedType, type Type } from "../model/type.ts";
import { type EqualityKey, NetObject, type Value } from "../model/value.ts";
import { compareValues } from "./equality.ts";
import { raise } from "./exception.ts";
import { formatInteger } from "./integerText.ts";
import { compositeKey } from "./table.ts";
import { textOf } from "./text.ts";

/** A lambda, method group or local function as a delegate. */
export class Delegate extends NetObject {
  override readonly type: Type;
  readonly invoke: (...args: Value[]) => Value;

  constructor(type: Type, invoke: (...args: Value[]) => Value) {
    super();
    this.type = type;
    this.invoke = invoke;
  }
}

/** new { A = 1 }. */
export class Anonymous extends NetObject {
  override readonly type: Type;
  readonly values: readonly Value[];

  constructor(fields: readonly string[], types: readonly Type[], values: readonly Value[]) {
    super();
    this.type = anonymousType(fields, types);
    this.values = values;
  }

  get fields(): readonly string[] {
    return this.type.fields ?? [];
  }

  override toText(): string {
    return `{ ${this.fields.map((field, i) => `${field} = ${textOf(this.values[i] ?? null)}`).join(", ")} }`;
  }

  override equalityKey(): EqualityKey {
    return compositeKey(this.type.key, this.values);
  }
}

/** System.Tuple<...>. */
export class Tuple extends NetObject {
  override readonly type: Type;
  readonly values: readonly Value[];

  constructor(types: readonly Type[], values: readonly Value[]) {
    super();
    this.type = namedType(`System.Tuple\`${types.length}`, types);
    this.values = values;
  }

  override toText(): string {
    return `(${this.values.map(textOf).join(", ")})`;
  }

  override equalityKey(): EqualityKey {
    return compositeKey(this.type.key, this.values);
  }

  override compareTo(other: NetObject): number | undefined {
    if (!(other instanceof Tuple) || other.type.key !== this.type.key) return undefined;
    for (const [i, value] of this.values.entries()) {
      const order = compareValues(value, other.values[i] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  }
}

/** What an enum's values are called. */
export interface EnumNames {
  readonly type: Type;
  readonly values: Readonly<Record<string, number>>;
  readonly flags: boolean;
}

export class EnumValue extends NetObject {
  readonly names: EnumNames;
  readonly value: number;

  constructor(names: EnumNames, value: number) {
    super();
    this.names = names;
    this.value = value;
  }

  override get type(): Type {
    return this.names.type;
  }

  override toText(): string {
    const entries = Object.entries(this.names.values);
    const exact = entries.find(([, value]) => value === this.value);
    if (exact !== undefined || !this.names.flags) return exact?.[0] ?? String(this.value);
    let rest = this.value;
    const found: string[] = [];
    for (const [name, value] of entries.toReversed()) {
      if (value === 0 || (rest & value) !== value) continue;
      rest &= ~value;
      found.unshift(name);
    }
    return rest === 0 ? found.join(", ") : String(this.value);
  }

  override format(format: string | null): string {
    switch (format ?? "") {
      case "":
      case "G":
      case "g":
      case "F":
      case "f":
        return this.toText();
      case "D":
      case "d":
        return String(this.value);
      case "X":
      case "x":
        return formatInteger(BigInt(this.value), 32, "X8");
      default:
        return raise("FormatException");
    }
  }

  override equalityKey(): EqualityKey {
    return `${this.type.key}:${this.value}`;
  }

  override compareTo(other: NetObject): number | undefined {
    return other instanceof EnumValue ? this.value - other.value : undefined;
  }
}

/** typeof(T) and GetType(). */
export class TypeValue extends NetObject {
  readonly of: Type;

  constructor(of: Type) {
    super();
    this.of = of;
  }

  override get type(): Type {
    return namedType("System.RuntimeType");
  }

  override toText(): string {
    return this.of.key;
  }

  override equalityKey(): EqualityKey {
    return `type:${this.of.key}`;
  }
}

/** What an `out` argument is written through. */
export class OutCell extends NetObject {
  value: Value = null;

  override get type(): Type {
    return namedType("out");
  }
}
