import { refuse } from "../errors.ts";
import { NULL, OBJECT, type Type, underlying } from "../model/type.ts";
import { typeOf, type Value } from "../model/value.ts";
import { nullReference, raise } from "../runtime/exception.ts";
import type { Binder } from "./binder.ts";
import type { Bound, Operand } from "./bound.ts";
import { explicitNumeric } from "./conversion.ts";
import { bound, constant, mapped, requireValue, retyped } from "./make.ts";
import { isInstance } from "./patterns.ts";
import { findUserConversion } from "./userConversion.ts";

/** `(T)x`: implicit conversions, numeric narrowing, unboxing, downcasts, user-defined conversions. */
export function bindCast(operand: Operand, to: Type, at: number, checked: boolean, binder: Binder): Bound {
  const implicit = binder.implicit(operand, to);
  if (implicit !== undefined) {
    const result = implicit.apply(operand);
    return result.constant === undefined ? { ...result, at } : result;
  }
  const value = requireValue(operand);
  const direct = explicitNumeric(value, to, checked, binder) ?? throughNullable(value, to, at, checked, binder);
  if (direct !== undefined) return direct;
  if (canDowncast(value.type, to, binder)) return downcast(value, to, binder);
  const user = findUserConversion(value.type, to, binder, true);
  return user?.apply(value) ?? refuse(`cannot cast ${value.type.key} to ${to.key}`, to.key, at);
}

function throughNullable(value: Bound, to: Type, at: number, checked: boolean, binder: Binder): Bound | undefined {
  const inner = underlying(to);
  const source = underlying(value.type);
  if (inner === undefined && source === undefined) return undefined;
  if (source === undefined && value.type.kind !== "special" && !binder.relations.isValueType(value.type))
    return undefined;
  if (inner === undefined && !binder.relations.isValueType(to)) return undefined;
  const from = source ?? value.type;
  const target = inner ?? to;
  // One cast for all values: the operand is read from a slot of its own.
  const slot: { current: Value } = { current: null };
  const held: Bound = { kind: "value", at, type: from, code: () => slot.current };
  if (
    from.key !== target.key &&
    explicitNumeric(held, target, checked, binder) === undefined &&
    binder.implicit(held, target) === undefined
  )
    return undefined;
  const cast = bindCast(held, target, at, checked, binder);
  const { code } = value;
  return {
    kind: "value",
    at,
    type: to,
    code: (frame) => {
      const current = code(frame);
      if (current === null)
        return inner === undefined ? raise("InvalidOperationException", "Nullable object must have a value.") : null;
      slot.current = current;
      return cast.code(frame);
    },
  };
}

/** Whether a value of one type may turn out to be of the other. */
export function canDowncast(from: Type, to: Type, binder: Binder): boolean {
  const { relations } = binder;
  const target = underlying(to) ?? to;
  if (from.key === NULL.key || from.kind === "special") return false;
  if (relations.isSubtype(target, from)) return true;
  if (from.kind === "array" && target.kind === "array") return false;
  const open = (type: Type): boolean => relations.isInterface(type);
  return (open(from) && !relations.isValueType(target)) || (open(target) && !relations.isValueType(from));
}

function downcast(value: Bound, to: Type, binder: Binder): Bound {
  const { relations } = binder;
  const unboxes = relations.isValueType(to);
  const nullable = underlying(to) !== undefined;
  const check = (v: Value): Value => {
    if (v === null) return unboxes && !nullable ? nullReference() : null;
    if (isInstance(v, to, relations)) return v;
    return raise("InvalidCastException", `Unable to cast object of type '${typeOf(v).key}' to type '${to.key}'.`);
  };
  // Not folded: a cast that fails does so when it runs.
  const { code } = value;
  return bound(to, (frame) => check(code(frame)), value.at);
}

/** `x as T`: null where the cast would throw. */
export function bindAs(value: Bound, to: Type, at: number, binder: Binder): Bound {
  const { relations } = binder;
  if (relations.isValueType(to) && underlying(to) === undefined)
    refuse(`'as' needs a type that can be null, not ${to.key}`, "as", at);
  if (value.type.key === NULL.key) return constant(to, null, at);
  if (relations.isSubtype(value.type, to)) return retyped(value, to);
  if (!canDowncast(value.type, to, binder) && value.type.key !== OBJECT.key)
    refuse(`a ${value.type.key} can never be a ${to.key}`, "as", at);
  return mapped(value, to, (v) => (isInstance(v, to, relations) ? v : null));
}
