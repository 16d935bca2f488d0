import { refuse } from "../errors.ts";
import { integralRange, isIntegral, isNumeric, widens } from "../model/numericTypes.ts";
import { BOOL, DECIMAL, INT, LONG, NEVER, NULL, OBJECT, sameType, type Type, underlying, VOID } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { convertNumeric, toBigInt } from "../runtime/numeric.ts";
import { EnumValue } from "../runtime/objects.ts";
import type { Binder, Conversion } from "./binder.ts";
import type { ArgumentValue, Bound, BoundLambda, MethodGroup, Operand } from "./bound.ts";
import { defaultValue, enumNames } from "./defaults.ts";
import { groupToDelegate } from "./groupConversion.ts";
import { constant, mapped, requireValue, retyped } from "./make.ts";
import { findUserConversion } from "./userConversion.ts";

/** The implicit conversion of an expression to a type (C# 7.3, §10.2), or undefined. */
export function implicitConversion(from: ArgumentValue, to: Type, binder: Binder): Conversion | undefined {
  if (from.kind === "out") return from.type === undefined || sameType(from.type, to) ? identity() : undefined;
  if (from.kind === "lambda") return lambdaConversion(from, to, binder);
  if (from.kind === "methods") return methodsConversion(from, to, binder);
  if (from.type.key === VOID.key || to.key === VOID.key) return undefined;
  if (from.isDefault)
    return { kind: "default", apply: () => constant(to, defaultValue(to, binder.relations), from.at) };
  const byType = typeConversion(from.type, to, binder);
  if (byType !== undefined) return byType;
  const known = constantConversion(from, to, binder);
  return known ?? findUserConversion(from.type, to, binder, false);
}

/** Whether every expression of the type converts implicitly. */
export function implicitTypeConversion(from: Type, to: Type, binder: Binder): boolean {
  return typeConversion(from, to, binder) !== undefined || findUserConversion(from, to, binder, false) !== undefined;
}

function identity(): Conversion {
  return { kind: "identity", apply: requireValue };
}

function retype(to: Type): (value: Operand) => Bound {
  return (value) => retyped(requireValue(value), to);
}

function typeConversion(from: Type, to: Type, binder: Binder): Conversion | undefined {
  if (sameType(from, to)) return identity();
  if (from.key === NEVER.key) return { kind: "reference", apply: retype(to) };
  if (from.key === NULL.key)
    return binder.relations.acceptsNull(to) ? { kind: "reference", apply: retype(to) } : undefined;
  if (widens(from, to))
    return { kind: "numeric", apply: (value) => mapped(requireValue(value), to, (v) => convertNumeric(v, to)) };
  const inner = underlying(to);
  if (inner !== undefined) {
    const source = underlying(from) ?? from;
    const conversion = typeConversion(source, inner, binder);
    if (conversion !== undefined && (conversion.kind === "identity" || conversion.kind === "numeric")) {
      return { kind: "nullable", apply: (value) => lift(requireValue(value), to, conversion, source) };
    }
    return undefined;
  }
  if (binder.relations.isSubtype(from, to)) return { kind: "reference", apply: retype(to) };
  return undefined;
}

function lift(value: Bound, to: Type, conversion: Conversion, source: Type): Bound {
  if (conversion.kind === "identity") return retyped(value, to);
  return mapped(value, to, (v) => {
    if (v === null) return null;
    const converted = conversion.apply(constant(source, v, value.at));
    return converted.constant?.value ?? null;
  });
}

// An int constant converts to a narrower type it fits; the constant 0 to any enum.
function constantConversion(from: Bound, to: Type, binder: Binder): Conversion | undefined {
  if (from.constant === undefined) return undefined;
  const target = underlying(to) ?? to;
  const value = from.constant.value;
  if (from.type.key === INT.key && binder.relations.isEnum(target) && value === 0) {
    return {
      kind: "constant",
      apply: () => constant(to, new EnumValue(enumNames(target, binder.relations), 0), from.at),
    };
  }
  const narrows = from.type.key === INT.key || (from.type.key === LONG.key && target.key === "System.UInt64");
  if (!narrows || !isIntegral(target) || target.key === "System.Char") return undefined;
  const { minimum, maximum } = integralRange(target);
  const number = toBigInt(value);
  if (number < minimum || number > maximum) return undefined;
  return { kind: "constant", apply: (operand) => mapped(requireValue(operand), to, (v) => convertNumeric(v, target)) };
}

function lambdaConversion(from: BoundLambda, to: Type, binder: Binder): Conversion | undefined {
  const delegate = binder.relations.delegate(to);
  if (delegate === undefined || delegate.parameters.length !== from.syntax.parameters.length) return undefined;
  const declared = from.syntax.parameters.map((p) => (p.type === undefined ? undefined : binder.type(p.type)));
  if (declared.some((type, i) => type !== undefined && !sameType(type, delegate.parameters[i] ?? OBJECT)))
    return undefined;
  return { kind: "lambda", apply: () => binder.bindLambda(from, delegate.parameters, delegate.returns, to) };
}

function methodsConversion(from: MethodGroup, to: Type, binder: Binder): Conversion | undefined {
  const delegate = binder.relations.delegate(to);
  if (delegate === undefined) return undefined;
  return { kind: "methods", apply: () => groupToDelegate(from, delegate, to, binder) };
}

/** Converts, or refuses as the compiler would. */
export function convertImplicitly(value: Operand, to: Type, at: number, binder: Binder): Bound {
  const conversion = binder.implicit(value, to);
  if (conversion !== undefined) return conversion.apply(value);
  const from =
    value.kind === "value" ? value.type.key : value.kind === "lambda" ? "a lambda" : `method '${value.name}'`;
  return refuse(`cannot convert ${from} to ${to.key}`, to.key, at);
}

/** Numeric and enum values to each other: what a cast may do beyond the implicit conversions. */
export function explicitNumeric(value: Bound, to: Type, checked: boolean, binder: Binder): Bound | undefined {
  const { relations } = binder;
  const from = value.type;
  if (isNumeric(from) && isNumeric(to))
    return foldable(value, to, (v) => convertNumeric(v, to, checked || value.constant !== undefined));
  if (relations.isEnum(from) && (isNumeric(to) || relations.isEnum(to))) {
    const toNumber = mapped(value, INT, (v) => (v instanceof EnumValue ? v.value : 0));
    return explicitNumeric(toNumber, to, checked, binder);
  }
  if (relations.isEnum(to) && isIntegral(from)) {
    const names = enumNames(to, relations);
    return mapped(value, to, (v) => new EnumValue(names, Number(toBigInt(v))));
  }
  if (relations.isEnum(to) && (isNumeric(from) || from.key === DECIMAL.key || from.key === BOOL.key)) return undefined;
  return undefined;
}

function foldable(value: Bound, to: Type, map: (value: Value) => Value): Bound {
  try {
    return mapped(value, to, map);
  } catch {
    return refuse(`constant value cannot be converted to ${to.key}`, to.key, value.at);
  }
}
