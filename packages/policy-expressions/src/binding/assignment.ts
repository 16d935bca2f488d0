import { refuse } from "../errors.ts";
import type { Value } from "../model/value.ts";
import type { Assign } from "../syntax/ast.ts";
import { bindOperator } from "./binary.ts";
import type { Binder } from "./binder.ts";
import type { Bound } from "./bound.ts";
import { requireValue } from "./make.ts";
import type { Scope } from "./scope.ts";

/** `a = b` and `a += b`. The value of the assignment is what was stored. */
export function bindAssignment(node: Assign, scope: Scope, binder: Binder): Bound {
  if (
    node.operator === "=" &&
    node.target.kind === "name" &&
    node.target.name === "_" &&
    scope.find("_") === undefined
  ) {
    return requireValue(binder.operand(node.value, scope));
  }
  const target = binder.value(node.target, scope);
  const { place, type } = target;
  if (place === undefined) return refuse("this cannot be assigned", node.operator, node.at);
  if (node.operator === "=") {
    const { code } = binder.typed(node.value, type, scope);
    return {
      kind: "value",
      at: node.at,
      type,
      code: (frame) => {
        const found = place(frame);
        const value = code(frame);
        found.set(value);
        return value;
      },
    };
  }
  const slot: { current: Value } = { current: null };
  const right = requireValue(binder.operand(node.value, scope));
  const rightSlot: { current: Value } = { current: null };
  const held: Bound = { kind: "value", at: node.at, type, code: () => slot.current };
  const heldRight: Bound =
    right.constant === undefined
      ? { kind: "value", at: right.at, type: right.type, code: () => rightSlot.current }
      : right;
  const computed = bindOperator(node.operator.slice(0, -1), held, heldRight, node.at, false, binder);
  const implicit = binder.implicit(computed, type);
  const fitsRight = binder.implicit(right, type) !== undefined || node.operator === "<<=" || node.operator === ">>=";
  if (implicit === undefined && !fitsRight)
    refuse(`cannot store ${computed.type.key} in ${type.key}`, node.operator, node.at);
  const result = implicit === undefined ? binder.cast(computed, type, node.at) : implicit.apply(computed);
  return {
    kind: "value",
    at: node.at,
    type,
    code: (frame) => {
      const found = place(frame);
      const before = found.get();
      const operand = right.code(frame);
      slot.current = before;
      rightSlot.current = operand;
      const value = result.code(frame);
      found.set(value);
      return value;
    },
  };
}
