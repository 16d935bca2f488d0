import { NetObject, type Value } from "@obo-gateway/policy-expressions/index.ts";
import type { PolicyValue } from "./policyValue.ts";

/** The value as the interpreter has it: what policies hold comes from there, or is one of JavaScript's own. */
export function asValue(value: PolicyValue): Value {
  if (typeof value !== "object" || value === null || value instanceof NetObject) return value;
  throw new TypeError("A value that no expression can have has got into a variable.");
}
