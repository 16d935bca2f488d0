import { refuse } from "../errors.ts";
import { isIntegral, isNumeric } from "../model/numericTypes.ts";
import { BOOL, FLOAT, INT, LONG, nullableOf, type Type, UINT, ULONG, underlying } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { Decimal } from "../runtime/decimal.ts";
import { Float } from "../runtime/number.ts";
import { fitInteger, toBigInt } from "../runtime/numeric.ts";
import { EnumValue } from "../runtime/objects.ts";
import { bindOperator } from "./binary.ts";
import type { Binder } from "./binder.ts";
import type { Bound } from "./bound.ts";
import { constant, mapped } from "./make.ts";
import { invokeNative } from "./native.ts";
import { promoteOne } from "./promotion.ts";

/** `+x`, `-x`, `!x`, `~x`. */
export function bindUnary(operator: string, value: Bound, at: number, checked: boolean, binder: Binder): Bound {
  if (
    operator === "-" &&
    value.constant !== undefined &&
    value.type.key === ULONG.key &&
    toBigInt(value.constant.value) === 2n ** 63n
  ) {
    return constant(LONG, -(2n ** 63n), at);
  }
  const type = underlying(value.type) ?? value.type;
  const nullable = type !== value.type;
  const lift = (result: Type, compute: (value: Value) => Value): Bound =>
    mapped(value, nullable ? nullableOf(result) : result, (v) => (v === null ? null : compute(v)));
  if (operator === "!" && type.key === BOOL.key) return lift(BOOL, (v) => v !== true);
  if (operator === "~" && binder.relations.isEnum(type))
    return lift(type, (v) => (v instanceof EnumValue ? new EnumValue(v.names, ~v.value) : v));
  if (isNumeric(type)) {
    const promoted = operator === "-" && type.key === UINT.key ? LONG : promoteOne(type);
    if (operator === "~" && isIntegral(promoted))
      return lift(promoted, (v) => fitInteger(~toBigInt(v), promoted, false));
    const convert = (v: Value): Value => (isIntegral(promoted) ? fitInteger(toBigInt(v), promoted, false) : v);
    if (operator === "+") return lift(promoted, convert);
    if (operator === "-" && promoted.key !== ULONG.key) return negate(value, promoted, lift, checked);
  }
  return (
    userUnary(operator, value, at, binder) ??
    refuse(`operator '${operator}' cannot take ${value.type.key}`, operator, at)
  );
}

function negate(
  value: Bound,
  type: Type,
  lift: (result: Type, compute: (value: Value) => Value) => Bound,
  checked: boolean,
): Bound {
  // 2147483648 is a uint and 9223372036854775808 a ulong, but with a minus before them they are int and long.
  if (value.constant !== undefined && value.type.key === UINT.key && toBigInt(value.constant.value) === 2n ** 31n) {
    return constant(INT, -(2 ** 31), value.at);
  }
  return lift(type, (v) => {
    if (v instanceof Decimal) return v.negate();
    if (v instanceof Float) return type.key === FLOAT.key ? Float.single(-v.value) : Float.double(-v.value);
    return fitInteger(-toBigInt(v), type, checked);
  });
}

function userUnary(operator: string, value: Bound, at: number, binder: Binder): Bound | undefined {
  const members = binder.relations
    .supertypes(value.type)
    .flatMap((type) => binder.relations.definition(type)?.members ?? []);
  const found = members.find((m) => m.kind === "operator" && m.name === operator && m.parameters.length === 1);
  if (found === undefined) return undefined;
  const { code } = value;
  return { kind: "value", at, type: found.returns, code: (frame) => invokeNative(found, [], [], frame, [code(frame)]) };
}

/** `++x`, `x--` and the like: on a place, giving the value after or before. */
export function bindStep(operator: "++" | "--", prefix: boolean, target: Bound, at: number, binder: Binder): Bound {
  const { place, type } = target;
  if (place === undefined) return refuse(`'${operator}' needs a variable`, operator, at);
  if (!isNumeric(underlying(type) ?? type)) return refuse(`'${operator}' cannot take ${type.key}`, operator, at);
  const slot: { current: Value } = { current: null };
  const read: Bound = { kind: "value", at, type, code: () => slot.current };
  const one = constant(INT, 1, at);
  const next = binder.cast(bindOperator(operator === "++" ? "+" : "-", read, one, at, false, binder), type, at);
  return {
    kind: "value",
    at,
    type,
    code: (frame) => {
      const found = place(frame);
      const before = found.get();
      slot.current = before;
      const after = next.code(frame);
      found.set(after);
      return prefix ? after : before;
    },
  };
}
