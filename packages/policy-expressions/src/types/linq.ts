import type { TypeDefinition } from "../model/definition.ts";
import { linqMake } from "./linqMake.ts";
import { linqMath } from "./linqMath.ts";
import { linqOrder, orderTypes } from "./linqOrder.ts";
import { linqPick } from "./linqPick.ts";
import { linqShape } from "./linqShape.ts";

export const linqTypes: readonly TypeDefinition[] = [
  {
    namespace: "System.Linq",
    name: "Enumerable",
    kind: "static",
    members: { ...linqShape, ...linqMake, ...linqPick, ...linqOrder, ...linqMath },
  },
  ...orderTypes,
];
