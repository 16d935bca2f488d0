import { refuse } from "../errors.ts";
import type { Relations } from "../model/relations.ts";
import { BOOL, NULL, type Type, underlying } from "../model/type.ts";
import { typeOf, type Value } from "../model/value.ts";
import { valuesEqual } from "../runtime/equality.ts";
import type { Frame } from "../runtime/frame.ts";
import type { Pattern } from "../syntax/ast.ts";
import type { Binder } from "./binder.ts";
import type { Bound } from "./bound.ts";
import { bound } from "./make.ts";
import type { Scope } from "./scope.ts";

export type Test = (value: Value, frame: Frame) => boolean;

/** Whether a value is of a type, as `is` sees it: null is of none. */
export function isInstance(value: Value, type: Type, relations: Relations): boolean {
  if (value === null) return false;
  return relations.isSubtype(typeOf(value), underlying(type) ?? type);
}

/** A C# 7 pattern against a value of static type `input`; variables it declares go into the scope. */
export function bindPattern(pattern: Pattern, input: Type, scope: Scope, binder: Binder): Test {
  switch (pattern.kind) {
    case "var": {
      if (pattern.name === "_") return () => true;
      const { index } = scope.declare(pattern.name, input, pattern.at);
      return (value, frame) => {
        frame.slots[index] = value;
        return true;
      };
    }
    case "declaration": {
      const type = binder.type(pattern.type);
      if (pattern.name !== undefined && underlying(type) !== undefined)
        refuse("a nullable type in a pattern with a name", type.key, pattern.at);
      return typeTest(type, pattern.name, input, pattern.at, scope, binder);
    }
    default: {
      const value = binder.any(pattern.value, scope);
      if (value.kind === "type") return typeTest(value.type, undefined, input, pattern.at, scope, binder);
      return constantTest(pattern, input, scope, binder);
    }
  }
}

function typeTest(type: Type, name: string | undefined, input: Type, at: number, scope: Scope, binder: Binder): Test {
  const { relations } = binder;
  const from = underlying(input) ?? input;
  const possible =
    relations.isSubtype(from, type) ||
    relations.isSubtype(type, from) ||
    relations.isInterface(from) ||
    relations.isInterface(type);
  if (!possible && from.key !== NULL.key && name !== undefined)
    refuse(`a ${from.key} can never be a ${type.key}`, type.key, at);
  const index = name === undefined || name === "_" ? undefined : scope.declare(name, type, at).index;
  return (value, frame) => {
    const matches = isInstance(value, type, relations);
    if (matches && index !== undefined) frame.slots[index] = value;
    return matches;
  };
}

function constantTest(pattern: Pattern & { kind: "constant" }, input: Type, scope: Scope, binder: Binder): Test {
  const operand = binder.value(pattern.value, scope);
  if (operand.constant === undefined) refuse("a constant was expected in a pattern", "is", pattern.at);
  const target = underlying(input) ?? input;
  const open = target.key === "System.Object" || binder.relations.isInterface(target);
  const value = open || operand.type.key === NULL.key ? operand : binder.convert(operand, target, pattern.at);
  const expected = value.constant?.value ?? null;
  if (expected === null && !binder.relations.acceptsNull(input))
    refuse(`a ${input.key} is never null`, "null", pattern.at);
  return (actual) => valuesEqual(actual, expected);
}

export function bindIs(value: Bound, pattern: Pattern, at: number, scope: Scope, binder: Binder): Bound {
  const test = bindPattern(pattern, value.type, scope, binder);
  const { code } = value;
  return bound(BOOL, (frame) => test(code(frame), frame), at);
}
