import { type MemberTable, withCall } from "../model/definition.ts";
import { DECIMAL, DOUBLE, FLOAT, INT, LONG, type Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { arithmetic } from "../runtime/arithmetic.ts";
import { iterate } from "../runtime/collection.ts";
import { compareValues } from "../runtime/equality.ts";
import { raise } from "../runtime/exception.ts";
import { Float } from "../runtime/number.ts";
import { convertNumeric } from "../runtime/numeric.ts";
import type { Delegate } from "../runtime/objects.ts";
import { typeArgument } from "./support.ts";

const TYPES: readonly (readonly [string, Type])[] = [
  ["int", INT],
  ["long", LONG],
  ["float", FLOAT],
  ["double", DOUBLE],
  ["decimal", DECIMAL],
];

const empty = (): never => raise("InvalidOperationException", "Sequence contains no elements");

function* picked(source: Value, selector?: Delegate): Iterable<Value> {
  for (const item of iterate(source)) yield selector === undefined ? item : selector.invoke(item);
}

// Integers are added checked; floats in double precision.
function sum(values: Iterable<Value>, type: Type): Value {
  const wide = type.key === FLOAT.key ? DOUBLE : type;
  const add = arithmetic("+", wide, true);
  let total = convertNumeric(0, wide);
  for (const value of values) if (value !== null) total = add(total, convertNumeric(value, wide));
  return convertNumeric(total, type);
}

function average(values: Iterable<Value>, type: Type): Value {
  const wide = type.key === DECIMAL.key ? DECIMAL : type.key === INT.key || type.key === LONG.key ? LONG : DOUBLE;
  const add = arithmetic("+", wide, true);
  let total = convertNumeric(0, wide);
  let count = 0;
  for (const value of values) {
    if (value === null) continue;
    total = add(total, convertNumeric(value, wide));
    count++;
  }
  if (count === 0) return null;
  const result = type.key === DECIMAL.key ? DECIMAL : DOUBLE;
  const quotient = arithmetic("/", result, false)(convertNumeric(total, result), convertNumeric(count, result));
  return type.key === FLOAT.key ? convertNumeric(quotient, FLOAT) : quotient;
}

function extreme(values: Iterable<Value>, sign: 1 | -1): Value {
  let best: Value = null;
  for (const value of values) {
    if (value === null) continue;
    if (best === null || better(value, best, sign)) best = value;
  }
  return best;
}

// The least of numbers with NaN is NaN, the greatest is not: Comparer puts NaN first in both.
function better(value: Value, best: Value, sign: 1 | -1): boolean {
  if (value instanceof Float && best instanceof Float && Number.isNaN(best.value) && sign === 1)
    return !Number.isNaN(value.value);
  return compareValues(value, best) * sign > 0;
}

function numeric(name: string, type: Type): MemberTable {
  const result = type.key === DECIMAL.key ? "decimal" : type.key === FLOAT.key ? "float" : "double";
  const some = (value: Value): Value => value ?? empty();
  return {
    [`static ${name} Sum(this IEnumerable<${name}> source)`]: (source: Value) => sum(picked(source), type),
    [`static ${name}? Sum(this IEnumerable<${name}?> source)`]: (source: Value) => sum(picked(source), type),
    [`static ${name} Sum<T>(this IEnumerable<T> source, Func<T, ${name}> selector)`]: (
      source: Value,
      selector: Delegate,
    ) => sum(picked(source, selector), type),
    [`static ${name}? Sum<T>(this IEnumerable<T> source, Func<T, ${name}?> selector)`]: (
      source: Value,
      selector: Delegate,
    ) => sum(picked(source, selector), type),
    [`static ${result} Average(this IEnumerable<${name}> source)`]: (source: Value) =>
      some(average(picked(source), type)),
    [`static ${result}? Average(this IEnumerable<${name}?> source)`]: (source: Value) => average(picked(source), type),
    [`static ${result} Average<T>(this IEnumerable<T> source, Func<T, ${name}> selector)`]: (
      source: Value,
      selector: Delegate,
    ) => some(average(picked(source, selector), type)),
    [`static ${result}? Average<T>(this IEnumerable<T> source, Func<T, ${name}?> selector)`]: (
      source: Value,
      selector: Delegate,
    ) => average(picked(source, selector), type),
    ...both(name, (values, sign) => some(extreme(values, sign))),
    ...both(`${name}?`, extreme),
  };
}

function both(name: string, pick: (values: Iterable<Value>, sign: 1 | -1) => Value): MemberTable {
  return {
    [`static ${name} Max(this IEnumerable<${name}> source)`]: (source: Value) => pick(picked(source), 1),
    [`static ${name} Min(this IEnumerable<${name}> source)`]: (source: Value) => pick(picked(source), -1),
    [`static ${name} Max<T>(this IEnumerable<T> source, Func<T, ${name}> selector)`]: (
      source: Value,
      selector: Delegate,
    ) => pick(picked(source, selector), 1),
    [`static ${name} Min<T>(this IEnumerable<T> source, Func<T, ${name}> selector)`]: (
      source: Value,
      selector: Delegate,
    ) => pick(picked(source, selector), -1),
  };
}

/** Max and Min of anything comparable: InvalidOperationException for no elements only where the type has no null. */
function general(sign: 1 | -1, index: number) {
  return withCall((call) => (source: Value, selector?: Delegate) => {
    const found = extreme(picked(source, selector), sign);
    return found ?? (call.run.defaultOf(typeArgument(call, index)) === null ? null : empty());
  });
}

function by(sign: 1 | -1) {
  return withCall((call) => (source: Value, key: Delegate) => {
    let best: { readonly item: Value; readonly key: Value } | undefined;
    for (const item of iterate(source)) {
      const value = key.invoke(item);
      if (best === undefined || (value !== null && (best.key === null || compareValues(value, best.key) * sign > 0)))
        best = { item, key: value };
    }
    return best?.item ?? (call.run.defaultOf(typeArgument(call, 0)) === null ? null : empty());
  });
}

export const linqMath: MemberTable = {
  ...Object.assign({}, ...TYPES.map(([name, type]) => numeric(name, type))),
  "static T Max<T>(this IEnumerable<T> source)": general(1, 0),
  "static T Min<T>(this IEnumerable<T> source)": general(-1, 0),
  "static R Max<T, R>(this IEnumerable<T> source, Func<T, R> selector)": general(1, 1),
  "static R Min<T, R>(this IEnumerable<T> source, Func<T, R> selector)": general(-1, 1),
  "static T MaxBy<T, K>(this IEnumerable<T> source, Func<T, K> keySelector)": by(1),
  "static T MinBy<T, K>(this IEnumerable<T> source, Func<T, K> keySelector)": by(-1),
};
