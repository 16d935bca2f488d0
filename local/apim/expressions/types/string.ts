import type { TypeDefinition } from "../model/definition.ts";
import { stringEdit } from "./stringEdit.ts";
import { stringSearch } from "./stringSearch.ts";
import { COMPARISON } from "./support.ts";

export const stringTypes: readonly TypeDefinition[] = [
  {
    namespace: "System",
    name: "String",
    kind: "class",
    interfaces: ["IEnumerable<char>", "IComparable"],
    members: { ...stringSearch, ...stringEdit, "string ToString()": (self: string) => self },
  },
  { namespace: "System", name: "StringComparison", kind: "enum", values: COMPARISON },
  {
    namespace: "System",
    name: "StringSplitOptions",
    kind: "enum",
    values: { None: 0, RemoveEmptyEntries: 1, TrimEntries: 2 },
    flags: true,
  },
];
