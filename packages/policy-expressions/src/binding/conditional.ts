import { refuse } from "../errors.ts";
import { BOOL, NEVER, NULL, nullableOf, type Type, underlying, VOID } from "../model/type.ts";
import type { Binary, Expression } from "../syntax/ast.ts";
import type { Binder } from "./binder.ts";
import type { Bound, Operand } from "./bound.ts";
import { bound, constant, requireOperand, requireValue } from "./make.ts";
import type { Scope } from "./scope.ts";

type Node<K extends Expression["kind"]> = Extract<Expression, { kind: K }>;

/** `test ? a : b`. One branch must convert to the type of the other (C# 7.3: no target typing). */
export function bindConditional(node: Node<"conditional">, scope: Scope, binder: Binder): Bound {
  const test = binder.typed(node.test, BOOL, scope);
  const a = binder.operand(node.whenTrue, scope);
  const b = binder.operand(node.whenFalse, scope);
  const type = commonType(a, b, binder) ?? refuse("the branches of '?:' have no common type", "?:", node.at);
  const whenTrue = binder.convert(a, type, node.at);
  const whenFalse = binder.convert(b, type, node.at);
  if (test.constant !== undefined && whenTrue.constant !== undefined && whenFalse.constant !== undefined) {
    return constant(type, test.constant.value === true ? whenTrue.constant.value : whenFalse.constant.value, node.at);
  }
  return bound(type, (frame) => (test.code(frame) === true ? whenTrue.code(frame) : whenFalse.code(frame)), node.at);
}

function commonType(a: Operand, b: Operand, binder: Binder): Type | undefined {
  const typeOf = (operand: Operand): Type | undefined =>
    operand.kind === "value" && operand.type.kind !== "special" && operand.type.key !== VOID.key && !operand.isDefault
      ? operand.type
      : undefined;
  const [left, right] = [typeOf(a), typeOf(b)];
  const toLeft = left !== undefined && binder.implicit(b, left) !== undefined;
  const toRight = right !== undefined && binder.implicit(a, right) !== undefined;
  if (toLeft && toRight) return left?.key === right?.key ? left : preferred(left, right, binder);
  return toLeft ? left : toRight ? right : undefined;
}

// Both ways are open only for constants (1 : 2L) or a `default`: the conversion that holds for the type decides.
function preferred(left: Type, right: Type, binder: Binder): Type | undefined {
  const toRight = binder.implicitType(left, right);
  const toLeft = binder.implicitType(right, left);
  return toRight === toLeft ? undefined : toRight ? right : left;
}

/** `&&` and `||`, and `??`. */
export function bindLogical(node: Binary, scope: Scope, binder: Binder): Bound {
  const left = binder.typed(node.left, BOOL, scope);
  const right = binder.typed(node.right, BOOL, scope);
  const stop = node.operator === "||";
  if (left.constant !== undefined && right.constant !== undefined) {
    return constant(BOOL, left.constant.value === stop ? stop : right.constant.value, node.at);
  }
  return bound(BOOL, (frame) => (left.code(frame) === stop ? stop : right.code(frame)), node.at);
}

export function bindCoalesce(node: Binary, scope: Scope, binder: Binder): Bound {
  const left = requireValue(binder.operand(node.left, scope));
  const right = binder.operand(node.right, scope);
  const inner = underlying(left.type);
  if (!binder.relations.acceptsNull(left.type) || left.type.key === VOID.key) {
    refuse(`the left side of '??' is a ${left.type.key}, which is never null`, "??", node.at);
  }
  const type = coalescedType(left, inner, right, binder);
  if (type === undefined) return refuse("the sides of '??' have no common type", "??", node.at);
  const asNotNull: Bound = inner !== undefined && type.key !== left.type.key ? { ...left, type: inner } : left;
  const slot = scope.hidden();
  const held: Bound = bound(asNotNull.type, (frame) => frame.slots[slot] ?? null, node.at);
  const first = binder.convert(held, type, node.at);
  const second = binder.convert(right, type, node.at);
  const { code } = left;
  return bound(
    type,
    (frame) => {
      const value = code(frame);
      if (value === null) return second.code(frame);
      frame.slots[slot] = value;
      return first.code(frame);
    },
    node.at,
  );
}

function coalescedType(left: Bound, inner: Type | undefined, right: Operand, binder: Binder): Type | undefined {
  if (left.type.key === NULL.key) return right.kind === "value" ? right.type : undefined;
  if (right.kind === "value" && right.type.key === NEVER.key) return inner ?? left.type;
  if (inner !== undefined && binder.implicit(right, inner) !== undefined) return inner;
  if (binder.implicit(right, left.type) !== undefined) return left.type;
  if (right.kind !== "value") return undefined;
  return binder.implicitType(inner ?? left.type, right.type) ? right.type : undefined;
}

/** `target?.rest`: null when the target is. `receivers` tells the inner part what it hangs on. */
export function bindConditionalAccess(
  node: Node<"conditionalAccess">,
  scope: Scope,
  binder: Binder,
  receivers: Map<Expression, Bound>,
): Bound {
  const target = requireValue(binder.operand(node.target, scope));
  const inner = underlying(target.type);
  if (!binder.relations.acceptsNull(target.type))
    refuse(`'?.' on a ${target.type.key}, which is never null`, "?.", node.at);
  const slot = scope.hidden();
  const receiver = leftmost(node.whenNotNull);
  receivers.set(
    receiver,
    bound(inner ?? target.type, (frame) => frame.slots[slot] ?? null, node.at),
  );
  const rest = requireValue(requireOperand(binder.any(node.whenNotNull, scope)));
  const { relations } = binder;
  const plainValue =
    rest.type.key !== VOID.key && relations.isValueType(rest.type) && underlying(rest.type) === undefined;
  const type = plainValue ? nullableOf(rest.type) : rest.type;
  const { code } = target;
  return bound(
    type,
    (frame) => {
      const value = code(frame);
      if (value === null) return null;
      frame.slots[slot] = value;
      return rest.code(frame);
    },
    node.at,
  );
}

function leftmost(node: Expression): Expression {
  switch (node.kind) {
    case "member":
    case "call":
    case "index":
    case "conditionalAccess":
      return leftmost(node.target);
    case "step":
      return leftmost(node.value);
    default:
      return node;
  }
}
