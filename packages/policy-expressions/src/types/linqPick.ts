import { type Call, type MemberTable, withCall } from "../model/definition.ts";
import type { Value } from "../model/value.ts";
import { iterate, NetArray, NetList, toArray } from "../runtime/collection.ts";
import { keyOf } from "../runtime/equality.ts";
import { notNull, raise } from "../runtime/exception.ts";
import type { Delegate } from "../runtime/objects.ts";
import { NetDictionary, NetSet } from "../runtime/table.ts";
import type { StringComparer } from "./comparers.ts";
import { typeArgument } from "./support.ts";

const NO_ELEMENTS = "Sequence contains no elements";
const NO_MATCH = "Sequence contains no matching element";
const MANY = "Sequence contains more than one element";
const MANY_MATCH = "Sequence contains more than one matching element";

const fail = (message: string): never => raise("InvalidOperationException", message);
const matches = (predicate: Delegate | null) => {
  const test = notNull(predicate, "predicate");
  return (item: Value) => test.invoke(item) === true;
};

type Found = { readonly value: Value } | undefined;

function first(source: Value, predicate?: Delegate | null): Found {
  const test = predicate === undefined ? () => true : matches(predicate);
  for (const value of iterate(source)) if (test(value)) return { value };
  return undefined;
}

function last(source: Value, predicate?: Delegate | null): Found {
  const test = predicate === undefined ? () => true : matches(predicate);
  let found: Found;
  for (const value of iterate(source)) if (test(value)) found = { value };
  return found;
}

function single(source: Value, predicate?: Delegate | null): Found {
  const test = predicate === undefined ? () => true : matches(predicate);
  let found: Found;
  for (const value of iterate(source)) {
    if (!test(value)) continue;
    if (found !== undefined) fail(predicate === undefined ? MANY : MANY_MATCH);
    found = { value };
  }
  return found;
}

/** First, Last or Single in all their forms. */
function picking(name: string, pick: (source: Value, predicate?: Delegate | null) => Found): MemberTable {
  const orDefault = (call: Call, found: Found): Value =>
    found === undefined ? call.run.defaultOf(typeArgument(call, 0)) : found.value;
  return {
    [`static T ${name}<T>(this IEnumerable<T> source)`]: (source: Value) => (pick(source) ?? fail(NO_ELEMENTS)).value,
    [`static T ${name}<T>(this IEnumerable<T> source, Func<T, bool> predicate)`]: (
      source: Value,
      predicate: Delegate | null,
    ) => (pick(source, predicate) ?? fail(NO_MATCH)).value,
    [`static T ${name}OrDefault<T>(this IEnumerable<T> source)`]: withCall(
      (call) => (source: Value) => orDefault(call, pick(source)),
    ),
    [`static T ${name}OrDefault<T>(this IEnumerable<T> source, Func<T, bool> predicate)`]: withCall(
      (call) => (source: Value, predicate: Delegate | null) => orDefault(call, pick(source, predicate)),
    ),
    [`static T ${name}OrDefault<T>(this IEnumerable<T> source, T defaultValue)`]: (source: Value, fallback: Value) =>
      (pick(source) ?? { value: fallback }).value,
    [`static T ${name}OrDefault<T>(this IEnumerable<T> source, Func<T, bool> predicate, T defaultValue)`]: (
      source: Value,
      predicate: Delegate | null,
      fallback: Value,
    ) => (pick(source, predicate) ?? { value: fallback }).value,
  };
}

function count(source: Value, predicate?: Delegate | null): number {
  if (predicate === undefined) {
    if (source instanceof NetArray || source instanceof NetList) return source.list.length;
    if (source instanceof NetDictionary || source instanceof NetSet) return source.slots.size;
    return toArray(source).length;
  }
  const test = matches(predicate);
  let found = 0;
  for (const item of iterate(source)) if (test(item)) found++;
  return found;
}

function contains(source: Value, value: Value, comparer: StringComparer | null): boolean {
  const key = comparer === null ? keyOf(value) : comparer.keyOf(value);
  for (const item of iterate(source)) if ((comparer === null ? keyOf(item) : comparer.keyOf(item)) === key) return true;
  return false;
}

function elementAt(source: Value, index: number): Found {
  if (index < 0) return undefined;
  let left = index;
  for (const value of iterate(source)) if (left-- === 0) return { value };
  return undefined;
}

function sequenceEqual(first: Value, second: Value): boolean {
  const [a, b] = [toArray(first, "first"), toArray(second, "second")];
  return a.length === b.length && a.every((item, i) => keyOf(item) === keyOf(b[i] ?? null));
}

export const linqPick: MemberTable = {
  ...picking("First", first),
  ...picking("Last", last),
  ...picking("Single", single),
  "static bool Any<T>(this IEnumerable<T> source)": (source: Value) => first(source) !== undefined,
  "static bool Any<T>(this IEnumerable<T> source, Func<T, bool> predicate)": (
    source: Value,
    predicate: Delegate | null,
  ) => first(source, predicate) !== undefined,
  "static bool All<T>(this IEnumerable<T> source, Func<T, bool> predicate)": (
    source: Value,
    predicate: Delegate | null,
  ) => {
    const test = matches(predicate);
    for (const item of iterate(source)) if (!test(item)) return false;
    return true;
  },
  "static int Count<T>(this IEnumerable<T> source)": (source: Value) => count(source),
  "static int Count<T>(this IEnumerable<T> source, Func<T, bool> predicate)": count,
  "static long LongCount<T>(this IEnumerable<T> source)": (source: Value) => BigInt(count(source)),
  "static bool Contains<T>(this IEnumerable<T> source, T value)": (source: Value, value: Value) =>
    contains(source, value, null),
  "static bool Contains<T>(this IEnumerable<T> source, T value, IEqualityComparer<T> comparer)": contains,
  "static T ElementAt<T>(this IEnumerable<T> source, int index)": (source: Value, index: number) =>
    (
      elementAt(source, index) ??
      raise(
        "ArgumentOutOfRangeException",
        "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')",
      )
    ).value,
  "static T ElementAtOrDefault<T>(this IEnumerable<T> source, int index)": withCall(
    (call) => (source: Value, index: number) => {
      const found = elementAt(source, index);
      return found === undefined ? call.run.defaultOf(typeArgument(call, 0)) : found.value;
    },
  ),
  "static bool SequenceEqual<T>(this IEnumerable<T> first, IEnumerable<T> second)": sequenceEqual,
  "static T Aggregate<T>(this IEnumerable<T> source, Func<T, T, T> func)": (source: Value, fold: Delegate) => {
    const [start, ...rest] = toArray(source);
    return start === undefined ? fail(NO_ELEMENTS) : rest.reduce((sum, item) => fold.invoke(sum, item), start);
  },
  "static A Aggregate<T, A>(this IEnumerable<T> source, A seed, Func<A, T, A> func)": (
    source: Value,
    seed: Value,
    fold: Delegate,
  ) => {
    let sum = seed;
    for (const item of iterate(source)) sum = fold.invoke(sum, item);
    return sum;
  },
  "static R Aggregate<T, A, R>(this IEnumerable<T> source, A seed, Func<A, T, A> func, Func<A, R> resultSelector)": (
    source: Value,
    seed: Value,
    fold: Delegate,
    result: Delegate,
  ) => {
    let sum = seed;
    for (const item of iterate(source)) sum = fold.invoke(sum, item);
    return result.invoke(sum);
  },
};
