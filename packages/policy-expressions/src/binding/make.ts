import { refuse } from "../errors.ts";
import type { Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import type { AnyBound, Bound, Code, Operand } from "./bound.ts";

export function bound(type: Type, code: Code, at: number): Bound {
  return { kind: "value", type, code, at };
}

export function constant(type: Type, value: Value, at: number): Bound {
  return { kind: "value", type, code: () => value, at, constant: { value } };
}

/** The same value under another static type. */
export function retyped(value: Bound, type: Type): Bound {
  return value.constant === undefined
    ? bound(type, value.code, value.at)
    : constant(type, value.constant.value, value.at);
}

/** A value of another type made from this one; folded when it is constant. */
export function mapped(value: Bound, type: Type, map: (value: Value) => Value): Bound {
  if (value.constant !== undefined) return constant(type, map(value.constant.value), value.at);
  const { code } = value;
  return bound(type, (frame) => map(code(frame)), value.at);
}

export function requireValue(any: AnyBound): Bound {
  switch (any.kind) {
    case "value":
      return any;
    case "type":
      return refuse(`'${any.type.name}' is a type, not a value`, any.type.name, any.at);
    case "namespace":
      return refuse(`'${any.name}' is not a value`, any.name, any.at);
    case "methods":
      return refuse(`method '${any.name}' must be called here`, any.name, any.at);
    default:
      return refuse("a lambda has no type here", "=>", any.at);
  }
}

export function requireOperand(any: AnyBound): Operand {
  return any.kind === "type" || any.kind === "namespace" ? requireValue(any) : any;
}
