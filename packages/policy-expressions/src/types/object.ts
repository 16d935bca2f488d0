import type { TypeDefinition } from "../model/definition.ts";
import { typeOf, type Value } from "../model/value.ts";
import { valuesEqual } from "../runtime/equality.ts";
import { nullReference } from "../runtime/exception.ts";
import { TypeValue } from "../runtime/objects.ts";
import { textOf } from "../runtime/text.ts";

export const objectTypes: readonly TypeDefinition[] = [
  {
    namespace: "System",
    name: "Object",
    kind: "class",
    members: {
      "new()": "refused",
      "string ToString()": textOf,
      "bool Equals(object obj)": valuesEqual,
      "static bool Equals(object objA, object objB)": valuesEqual,
      "static bool ReferenceEquals(object objA, object objB)": "refused",
      "Type GetType()": (self: Value) => (self === null ? nullReference() : new TypeValue(typeOf(self))),
      // Hash codes of strings differ from run to run, those of objects too.
      "int GetHashCode()": "refused",
    },
  },
  {
    namespace: "System",
    name: "Type",
    kind: "class",
    unlisted: true,
    members: {
      "static bool operator ==(Type left, Type right)": valuesEqual,
      "static bool operator !=(Type left, Type right)": (a: Value, b: Value) => !valuesEqual(a, b),
    },
  },
  { namespace: "System", name: "RuntimeType", kind: "class", base: "Type", unlisted: true },
  { namespace: "System", name: "Void", kind: "struct", unlisted: true },
  { namespace: "System", name: "IFormatProvider", kind: "interface", unlisted: true },
  { namespace: "System", name: "IComparable", kind: "interface", unlisted: true },
  { namespace: "System", name: "IFormattable", kind: "interface", unlisted: true },
  { namespace: "System.Collections", name: "IEnumerable", kind: "interface", unlisted: true },
];
