import { refuse, unsupported } from "../errors.ts";
import type { Member } from "../model/member.ts";
import { isIntegral, isNumeric } from "../model/numericTypes.ts";
import {
  BOOL,
  INT,
  LONG,
  NULL,
  nullableOf,
  OBJECT,
  STRING,
  type Type,
  UINT,
  ULONG,
  underlying,
  VOID,
} from "../model/type.ts";
import { NetObject, type Value } from "../model/value.ts";
import { arithmetic, comparison, shift } from "../runtime/arithmetic.ts";
import { toBigInt } from "../runtime/numeric.ts";
import { EnumValue } from "../runtime/objects.ts";
import { textOf } from "../runtime/text.ts";
import type { Binder } from "./binder.ts";
import type { Bound } from "./bound.ts";
import { enumNames } from "./defaults.ts";
import { bound, constant } from "./make.ts";
import { invokeNative } from "./native.ts";
import { promote, promoteOne } from "./promotion.ts";

const COMPARISONS = new Set(["==", "!=", "<", ">", "<=", ">="]);

/** A binary operator other than `&&`, `||`, `??`, on operands that are bound (C# 7.3, §12.4.5). */
export function bindOperator(
  operator: string,
  left: Bound,
  right: Bound,
  at: number,
  checked: boolean,
  binder: Binder,
): Bound {
  const result =
    nullTest(operator, left, right, at, binder) ??
    stringEquality(operator, left, right, at) ??
    userOperator(operator, left, right, at, binder) ??
    concatenation(operator, left, right, at) ??
    lifted(operator, left, right, at, checked, binder) ??
    enumOperator(operator, left, right, at, binder) ??
    referenceEquality(operator, left, right, at, binder);
  return result ?? refuse(`operator '${operator}' cannot take ${left.type.key} and ${right.type.key}`, operator, at);
}

function fold(type: Type, left: Bound, right: Bound, at: number, compute: (a: Value, b: Value) => Value): Bound {
  if (left.constant !== undefined && right.constant !== undefined) {
    try {
      return constant(type, compute(left.constant.value, right.constant.value), at);
    } catch {
      return refuse("the operation fails at compile time", "constant", at);
    }
  }
  const { code: a } = left;
  const { code: b } = right;
  return bound(type, (frame) => compute(a(frame), b(frame)), at);
}

function concatenation(operator: string, left: Bound, right: Bound, at: number): Bound | undefined {
  if (operator !== "+" || (left.type.key !== STRING.key && right.type.key !== STRING.key)) return undefined;
  if (left.type.key === VOID.key || right.type.key === VOID.key) return undefined;
  const folded = left.constant !== undefined && right.constant !== undefined && left.type.key === right.type.key;
  if (folded) return fold(STRING, left, right, at, (a, b) => textOf(a) + textOf(b));
  const { code: a } = left;
  const { code: b } = right;
  return bound(
    STRING,
    (frame) => {
      const text = textOf(a(frame)) + textOf(b(frame));
      frame.run.allocate(text.length);
      return text;
    },
    at,
  );
}

function nullTest(operator: string, left: Bound, right: Bound, at: number, binder: Binder): Bound | undefined {
  if (operator !== "==" && operator !== "!=") return undefined;
  const isNull = (operand: Bound): boolean => operand.type.key === NULL.key && operand.constant?.value === null;
  const other = isNull(right) ? left : isNull(left) ? right : undefined;
  if (other === undefined) return undefined;
  if (
    !binder.relations.acceptsNull(other.type) &&
    other.type.key !== NULL.key &&
    !comparesLifted(other.type, operator, binder)
  ) {
    refuse(`a ${other.type.key} is never null`, operator, at);
  }
  return fold(BOOL, other, constant(NULL, null, at), at, (a) => (a === null) === (operator === "=="));
}

// A value type with an equality operator can be compared with null: never equal.
function comparesLifted(type: Type, operator: string, binder: Binder): boolean {
  if (isNumeric(type) || type.key === BOOL.key || binder.relations.isEnum(type)) return true;
  const members = binder.relations.definition(type)?.members ?? [];
  return members.some((member) => member.kind === "operator" && member.name === operator);
}

function stringEquality(operator: string, left: Bound, right: Bound, at: number): Bound | undefined {
  if ((operator !== "==" && operator !== "!=") || left.type.key !== STRING.key || right.type.key !== STRING.key)
    return undefined;
  return fold(BOOL, left, right, at, (a, b) => (a === b) === (operator === "=="));
}

function userOperator(operator: string, left: Bound, right: Bound, at: number, binder: Binder): Bound | undefined {
  const owners = new Set(
    [left.type, right.type]
      .flatMap((type) => binder.relations.supertypes(underlying(type) ?? type))
      .map((type) => type.name),
  );
  const members = [...owners].flatMap((name) => binder.relations.registry.resolve(name)?.members ?? []);
  const fitting = members.filter((m) => m.kind === "operator" && m.name === operator && m.parameters.length === 2);
  const plain = fitting.find((m) => fits(m, left, right, binder));
  if (plain !== undefined) return applyOperator(plain, left, right, at, binder);
  if (underlying(left.type) === undefined && underlying(right.type) === undefined) return undefined;
  const inner = (operand: Bound): Bound => ({ ...operand, type: underlying(operand.type) ?? operand.type });
  const liftable = fitting.find((m) => fits(m, inner(left), inner(right), binder));
  return liftable && applyLifted(liftable, operator, left, right, at);
}

function fits(member: Member, left: Bound, right: Bound, binder: Binder): boolean {
  const [a, b] = member.parameters;
  return (
    a !== undefined &&
    b !== undefined &&
    binder.implicit(left, a.type) !== undefined &&
    binder.implicit(right, b.type) !== undefined
  );
}

function applyOperator(member: Member, left: Bound, right: Bound, at: number, binder: Binder): Bound {
  const [a, b] = member.parameters;
  const first = binder.convert(left, a?.type ?? OBJECT, at).code;
  const second = binder.convert(right, b?.type ?? OBJECT, at).code;
  return bound(member.returns, (frame) => invokeNative(member, [], [], frame, [first(frame), second(frame)]), at);
}

function applyLifted(member: Member, operator: string, left: Bound, right: Bound, at: number): Bound {
  const { code: a } = left;
  const { code: b } = right;
  const type = COMPARISONS.has(operator) ? BOOL : nullableOf(member.returns);
  return bound(
    type,
    (frame) => {
      const [first, second] = [a(frame), b(frame)];
      if (first === null || second === null) return nullResult(operator, first, second);
      return invokeNative(member, [], [], frame, [first, second]);
    },
    at,
  );
}

function nullResult(operator: string, a: Value, b: Value): Value {
  if (!COMPARISONS.has(operator)) return null;
  if (operator === "==") return a === b;
  return operator === "!=" && a !== b;
}

// Numbers and bools, with their nullables.
function lifted(
  operator: string,
  left: Bound,
  right: Bound,
  at: number,
  checked: boolean,
  binder: Binder,
): Bound | undefined {
  const a = underlying(left.type) ?? left.type;
  const b = underlying(right.type) ?? right.type;
  const nullable = a !== left.type || b !== right.type;
  if (a.key === BOOL.key && b.key === BOOL.key) return boolean(operator, left, right, at, nullable);
  if (!isNumeric(a) || !isNumeric(b)) return undefined;
  const isShift = operator === "<<" || operator === ">>";
  if (isShift && !(isIntegral(a) && promoteOne(b).key === INT.key)) return undefined;
  const type = isShift ? promoteOne(a) : (constantUlong(left, right) ?? promote(a, b));
  if (type === undefined || (["&", "|", "^"].includes(operator) && !isIntegral(type))) return undefined;
  const known = left.constant !== undefined && right.constant !== undefined;
  const compute = isShift
    ? (x: Value, y: Value) => shift(operator, x, Number(toBigInt(y)), type)
    : arithmetic(operator, type, checked || known);
  const result = COMPARISONS.has(operator) ? BOOL : type;
  const first = binder.convert(left, nullable ? nullableOf(type) : type, at);
  const second = isShift ? right : binder.convert(right, nullable ? nullableOf(type) : type, at);
  if (!nullable) return divisionByZero(operator, type, second, at) ?? fold(result, first, second, at, compute);
  const outcome = COMPARISONS.has(operator) ? BOOL : nullableOf(type);
  return fold(outcome, first, second, at, (x, y) =>
    x === null || y === null ? nullResult(operator, x, y) : compute(x, y),
  );
}

// A constant long that is not negative goes along with ulong.
function constantUlong(left: Bound, right: Bound): Type | undefined {
  const positive = (operand: Bound): boolean =>
    operand.constant !== undefined &&
    (operand.type.key === INT.key || operand.type.key === LONG.key) &&
    toBigInt(operand.constant.value) >= 0n;
  if (left.type.key === ULONG.key && positive(right)) return ULONG;
  if (right.type.key === ULONG.key && positive(left)) return ULONG;
  if (left.type.key === UINT.key && right.type.key === INT.key && positive(right)) return UINT;
  return right.type.key === UINT.key && left.type.key === INT.key && positive(left) ? UINT : undefined;
}

function divisionByZero(operator: string, type: Type, divisor: Bound, at: number): undefined {
  if (operator !== "/" && operator !== "%") return undefined;
  const value = divisor.constant?.value;
  const zero =
    value === 0 ||
    value === 0n ||
    (type.key === "System.Decimal" && value instanceof NetObject && /^-?0(\.0*)?$/.test(value.toText()));
  return zero ? refuse("division by constant zero", operator, at) : undefined;
}

function boolean(operator: string, left: Bound, right: Bound, at: number, nullable: boolean): Bound | undefined {
  const type = nullable && operator !== "==" && operator !== "!=" ? nullableOf(BOOL) : BOOL;
  switch (operator) {
    case "==":
    case "!=":
      return fold(BOOL, left, right, at, (a, b) => (a === b) === (operator === "=="));
    case "&":
      return fold(type, left, right, at, (a, b) =>
        a === false || b === false ? false : a === null || b === null ? null : true,
      );
    case "|":
      return fold(type, left, right, at, (a, b) =>
        a === true || b === true ? true : a === null || b === null ? null : false,
      );
    case "^":
      return fold(type, left, right, at, (a, b) => (a === null || b === null ? null : a !== b));
    default:
      return undefined;
  }
}

function enumOperator(operator: string, left: Bound, right: Bound, at: number, binder: Binder): Bound | undefined {
  const { relations } = binder;
  const type = relations.isEnum(left.type) ? left.type : relations.isEnum(right.type) ? right.type : undefined;
  if (type === undefined || binder.implicit(left, type) === undefined || binder.implicit(right, type) === undefined)
    return undefined;
  const names = enumNames(type, relations);
  const number = (value: Value): number => (value instanceof EnumValue ? value.value : 0);
  const [a, b] = [binder.convert(left, type, at), binder.convert(right, type, at)];
  if (COMPARISONS.has(operator)) return fold(BOOL, a, b, at, (x, y) => comparison(operator, number(x) - number(y)));
  if (!["&", "|", "^"].includes(operator)) return undefined;
  const compute = arithmetic(operator, INT, false);
  return fold(type, a, b, at, (x, y) => new EnumValue(names, Number(compute(number(x), number(y)))));
}

// object == object compares references. Two equal strings or boxed numbers may or may not be one object: not reproduced.
function referenceEquality(operator: string, left: Bound, right: Bound, at: number, binder: Binder): Bound | undefined {
  if (operator !== "==" && operator !== "!=") return undefined;
  const { relations } = binder;
  if (relations.isValueType(left.type) || relations.isValueType(right.type)) return undefined;
  const related =
    relations.isSubtype(left.type, right.type) ||
    relations.isSubtype(right.type, left.type) ||
    ((relations.isInterface(left.type) || relations.isInterface(right.type)) &&
      left.type.kind === "named" &&
      right.type.kind === "named");
  if (!related) return undefined;
  return fold(BOOL, left, right, at, (a, b) => sameReference(a, b) === (operator === "=="));
}

function sameReference(a: Value, b: Value): boolean {
  if (a === null || b === null) return a === b;
  if (a instanceof NetObject && b instanceof NetObject) {
    if (a === b && typeof a.equalityKey() === "string") return unsupported("comparing boxed values by reference");
    return a === b;
  }
  return a === b ? unsupported("comparing strings or boxed values by reference") : false;
}
