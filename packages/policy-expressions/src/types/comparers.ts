import { unsupported } from "../errors.ts";
import type { TypeDefinition } from "../model/definition.ts";
import { namedType, type Type } from "../model/type.ts";
import { type EqualityKey, NetObject, type Value } from "../model/value.ts";
import { compareCulture, compareOrdinal, upperInvariant } from "../runtime/culture.ts";
import { keyOf } from "../runtime/equality.ts";

/** StringComparer. */
export class StringComparer extends NetObject {
  readonly ordinal: boolean;
  readonly ignoreCase: boolean;

  constructor(ordinal: boolean, ignoreCase: boolean) {
    super();
    this.ordinal = ordinal;
    this.ignoreCase = ignoreCase;
  }

  override get type(): Type {
    return namedType("System.StringComparer");
  }

  override toText(): string {
    return unsupported("the name of a StringComparer");
  }

  compare(a: Value, b: Value): number {
    if (typeof a !== "string" || typeof b !== "string") return Number(a !== null) - Number(b !== null);
    return this.ordinal ? compareOrdinal(a, b, this.ignoreCase) : compareCulture(a, b, this.ignoreCase);
  }

  keyOf(value: Value): EqualityKey {
    if (typeof value !== "string") return keyOf(value);
    if (!this.ordinal) return unsupported("a culture-sensitive comparer as the comparer of a table");
    return `s:${this.ignoreCase ? upperInvariant(value) : value}`;
  }
}

const make = (ordinal: boolean, ignoreCase: boolean) => () => new StringComparer(ordinal, ignoreCase);

export const comparerTypes: readonly TypeDefinition[] = [
  {
    namespace: "System",
    name: "StringComparer",
    kind: "class",
    interfaces: ["IEqualityComparer<string>", "IComparer<string>"],
    members: {
      "static StringComparer Ordinal": make(true, false),
      "static StringComparer OrdinalIgnoreCase": make(true, true),
      "static StringComparer InvariantCulture": make(false, false),
      "static StringComparer InvariantCultureIgnoreCase": make(false, true),
      "static StringComparer CurrentCulture": make(false, false),
      "static StringComparer CurrentCultureIgnoreCase": make(false, true),
      "bool Equals(string x, string y)": (self: StringComparer, a: Value, b: Value) => self.compare(a, b) === 0,
      "int Compare(string x, string y)": (self: StringComparer, a: Value, b: Value) => self.compare(a, b),
    },
  },
  { namespace: "System.Collections.Generic", name: "IEqualityComparer<T>", kind: "interface", unlisted: true },
  { namespace: "System.Collections.Generic", name: "IComparer<T>", kind: "interface", unlisted: true },
];
