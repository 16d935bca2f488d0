import { randomUUID } from "node:crypto";
import { BOOL, INT, LONG, STRING, type Type } from "./type.ts";

/**
 * A .NET value that knows its type: string, bool, int (number), long (bigint) and null are JavaScript's own, all else is
 * an object. Boxing is therefore nothing, and a nullable is its value or null.
 */
export type Value = null | string | boolean | number | bigint | NetObject;

/** A key under which equal values meet: text for values, the object itself where equality is identity. */
export type EqualityKey = string | NetObject;

export abstract class NetObject {
  private identityText: string | undefined;

  abstract get type(): Type;

  /** Tells this object from every other one, as text. */
  get identity(): string {
    this.identityText ??= randomUUID();
    return this.identityText;
  }

  /** ToString() under the invariant culture. System.Object's gives the type's name. */
  toText(): string {
    return this.type.key;
  }

  /** ToString(format) of an IFormattable; undefined for others. */
  format(_format: string | null): string | undefined {
    return undefined;
  }

  equalityKey(): EqualityKey {
    return this;
  }

  /** IComparable: the sign tells the order; undefined for others. */
  compareTo(_other: NetObject): number | undefined {
    return undefined;
  }

  /** The items of an IEnumerable, lazily; undefined for others. */
  items(): Iterable<Value> | undefined {
    return undefined;
  }
}

/** The runtime type (what GetType gives). */
export function typeOf(value: Exclude<Value, null>): Type {
  switch (typeof value) {
    case "string":
      return STRING;
    case "boolean":
      return BOOL;
    case "number":
      return INT;
    case "bigint":
      return LONG;
    default:
      return value.type;
  }
}
