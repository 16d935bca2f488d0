import type { TypeDefinition } from "../model/definition.ts";
import { stringEdit } from "./stringEdit.ts";
import { stringJoin } from "./stringJoin.ts";
import { stringSearch } from "./stringSearch.ts";
import { SPLIT_OPTIONS, stringSplit } from "./stringSplit.ts";
import { stringTrim } from "./stringTrim.ts";
import { COMPARISON } from "./support.ts";

export const stringTypes: readonly TypeDefinition[] = [
  {
    namespace: "System",
    name: "String",
    kind: "class",
    interfaces: ["IEnumerable<char>", "IComparable"],
    members: {
      ...stringSearch,
      ...stringEdit,
      ...stringTrim,
      ...stringSplit,
      ...stringJoin,
      "string ToString()": (self: string) => self,
    },
  },
  { namespace: "System", name: "StringComparison", kind: "enum", values: COMPARISON },
  {
    namespace: "System",
    name: "StringSplitOptions",
    kind: "enum",
    values: SPLIT_OPTIONS,
    flags: true,
  },
];
