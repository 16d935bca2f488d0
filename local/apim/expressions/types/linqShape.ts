import { type Call, type MemberTable, withCall } from "../model/definition.ts";
import { arrayOf, INT, type Type } from "../model/type.ts";
import { typeOf, type Value } from "../model/value.ts";
import { iterate, NetArray, NetList, Sequence, toArray } from "../runtime/collection.ts";
import { notNull, raise } from "../runtime/exception.ts";
import type { Delegate } from "../runtime/objects.ts";
import { typeArgument } from "./support.ts";

/** A lazy sequence whose source is checked at once, as LINQ's methods do. */
export function lazy(element: Type, source: Value, generate: () => Iterable<Value>): Sequence {
  notNull(source, "source");
  return new Sequence(element, generate);
}

/** A table entry for a method that gives a sequence of its n-th type argument. */
function producing<A extends readonly unknown[]>(
  index: number,
  generate: (call: Call, source: Value, ...rest: A) => Iterable<Value>,
) {
  return withCall((call) => (source: Value, ...rest: unknown[]) => {
    for (const argument of rest) if (argument === null) raise("ArgumentNullException");
    // The signature the entry stands under says what the arguments are, as everywhere in these tables.
    return lazy(typeArgument(call, index), source, () => generate(call, source, ...(rest as unknown as A)));
  });
}

const isTrue = (value: Value): boolean => value === true;

export const linqShape: MemberTable = {
  "static IEnumerable<T> Where<T>(this IEnumerable<T> source, Func<T, bool> predicate)": producing(
    0,
    function* (_call, source, predicate: Delegate) {
      for (const item of iterate(source)) if (isTrue(predicate.invoke(item))) yield item;
    },
  ),
  "static IEnumerable<T> Where<T>(this IEnumerable<T> source, Func<T, int, bool> predicate)": producing(
    0,
    function* (_call, source, predicate: Delegate) {
      let index = 0;
      for (const item of iterate(source)) if (isTrue(predicate.invoke(item, index++))) yield item;
    },
  ),
  "static IEnumerable<R> Select<T, R>(this IEnumerable<T> source, Func<T, R> selector)": producing(
    1,
    function* (_call, source, selector: Delegate) {
      for (const item of iterate(source)) yield selector.invoke(item);
    },
  ),
  "static IEnumerable<R> Select<T, R>(this IEnumerable<T> source, Func<T, int, R> selector)": producing(
    1,
    function* (_call, source, selector: Delegate) {
      let index = 0;
      for (const item of iterate(source)) yield selector.invoke(item, index++);
    },
  ),
  "static IEnumerable<R> SelectMany<T, R>(this IEnumerable<T> source, Func<T, IEnumerable<R>> selector)": producing(
    1,
    function* (_call, source, selector: Delegate) {
      for (const item of iterate(source)) yield* iterate(selector.invoke(item));
    },
  ),
  "static IEnumerable<R> SelectMany<T, C, R>(this IEnumerable<T> source, Func<T, IEnumerable<C>> collectionSelector, Func<T, C, R> resultSelector)":
    producing(2, function* (_call, source, collection: Delegate, result: Delegate) {
      for (const item of iterate(source))
        for (const inner of iterate(collection.invoke(item))) yield result.invoke(item, inner);
    }),
  "static IEnumerable<T> Take<T>(this IEnumerable<T> source, int count)": producing(
    0,
    function* (_call, source, count: number) {
      let left = count;
      if (left <= 0) return;
      for (const item of iterate(source)) {
        yield item;
        if (--left <= 0) return;
      }
    },
  ),
  "static IEnumerable<T> Skip<T>(this IEnumerable<T> source, int count)": producing(
    0,
    function* (_call, source, count: number) {
      let left = count;
      for (const item of iterate(source)) if (left-- <= 0) yield item;
    },
  ),
  "static IEnumerable<T> TakeLast<T>(this IEnumerable<T> source, int count)": producing(
    0,
    function* (_call, source, count: number) {
      if (count > 0) yield* toArray(source).slice(-count);
    },
  ),
  "static IEnumerable<T> SkipLast<T>(this IEnumerable<T> source, int count)": producing(
    0,
    function* (_call, source, count: number) {
      const all = toArray(source);
      yield* count > 0 ? all.slice(0, Math.max(all.length - count, 0)) : all;
    },
  ),
  "static IEnumerable<T> TakeWhile<T>(this IEnumerable<T> source, Func<T, bool> predicate)": producing(
    0,
    function* (_call, source, predicate: Delegate) {
      for (const item of iterate(source)) {
        if (!isTrue(predicate.invoke(item))) return;
        yield item;
      }
    },
  ),
  "static IEnumerable<T> SkipWhile<T>(this IEnumerable<T> source, Func<T, bool> predicate)": producing(
    0,
    function* (_call, source, predicate: Delegate) {
      let skipping = true;
      for (const item of iterate(source)) {
        skipping = skipping && isTrue(predicate.invoke(item));
        if (!skipping) yield item;
      }
    },
  ),
  "static IEnumerable<T> Concat<T>(this IEnumerable<T> first, IEnumerable<T> second)": producing(
    0,
    function* (_call, first, second: Value) {
      yield* iterate(first);
      yield* iterate(second);
    },
  ),
  "static IEnumerable<T> Append<T>(this IEnumerable<T> source, T element)": withCall(
    (call) => (source: Value, element: Value) =>
      lazy(typeArgument(call, 0), source, function* () {
        yield* iterate(source);
        yield element;
      }),
  ),
  "static IEnumerable<T> Prepend<T>(this IEnumerable<T> source, T element)": withCall(
    (call) => (source: Value, element: Value) =>
      lazy(typeArgument(call, 0), source, function* () {
        yield element;
        yield* iterate(source);
      }),
  ),
  "static IEnumerable<T> Reverse<T>(this IEnumerable<T> source)": producing(0, function* (_call, source) {
    yield* toArray(source).reverse();
  }),
  // .NET 10 has an overload for arrays that C# prefers.
  "static IEnumerable<T> Reverse<T>(this T[] source)": producing(0, function* (_call, source) {
    yield* toArray(source).reverse();
  }),
  "static IEnumerable<T> DefaultIfEmpty<T>(this IEnumerable<T> source)": producing(0, function* (call, source) {
    const all = toArray(source);
    yield* all.length === 0 ? [call.run.defaultOf(typeArgument(call, 0))] : all;
  }),
  "static IEnumerable<T> DefaultIfEmpty<T>(this IEnumerable<T> source, T defaultValue)": withCall(
    (call) => (source: Value, fallback: Value) =>
      lazy(typeArgument(call, 0), source, function* () {
        const all = toArray(source);
        yield* all.length === 0 ? [fallback] : all;
      }),
  ),
  "static IEnumerable<R> Zip<A, B, R>(this IEnumerable<A> first, IEnumerable<B> second, Func<A, B, R> resultSelector)":
    producing(2, function* (_call, first, second: Value, result: Delegate) {
      const others = iterate(second)[Symbol.iterator]();
      for (const item of iterate(first)) {
        const other = others.next();
        if (other.done === true) return;
        yield result.invoke(item, other.value);
      }
    }),
  "static IEnumerable<T> Cast<T>(this System.Collections.IEnumerable source)": producing(0, function* (call, source) {
    const type = typeArgument(call, 0);
    for (const item of iterate(source)) {
      if (item !== null && !call.run.isInstance(item, type)) {
        raise("InvalidCastException", `Unable to cast object of type '${typeOf(item).key}' to type '${type.key}'.`);
      }
      yield item;
    }
  }),
  "static IEnumerable<T> OfType<T>(this System.Collections.IEnumerable source)": producing(0, function* (call, source) {
    const type = typeArgument(call, 0);
    for (const item of iterate(source)) if (call.run.isInstance(item, type)) yield item;
  }),
  "static IEnumerable<T> AsEnumerable<T>(this IEnumerable<T> source)": (source: Value) => source,
  "static T[] ToArray<T>(this IEnumerable<T> source)": withCall(
    (call) => (source: Value) => new NetArray(typeArgument(call, 0), toArray(source)),
  ),
  "static List<T> ToList<T>(this IEnumerable<T> source)": withCall(
    (call) => (source: Value) => new NetList(typeArgument(call, 0), toArray(source)),
  ),
  "static IEnumerable<T[]> Chunk<T>(this IEnumerable<T> source, int size)": withCall(
    (call) => (source: Value, size: number) => {
      const type = typeArgument(call, 0);
      if (size < 1) raise("ArgumentOutOfRangeException");
      return lazy(arrayOf(type), source, function* () {
        const all = toArray(source);
        for (let i = 0; i < all.length; i += size) yield new NetArray(type, all.slice(i, i + size));
      });
    },
  ),
  "static IEnumerable<int> Range(int start, int count)": withCall(({ run }) => (start: number, count: number) => {
    if (count < 0 || start + count - 1 > 0x7fff_ffff) raise("ArgumentOutOfRangeException");
    return new Sequence(INT, function* () {
      for (let i = 0; i < count; i++) {
        run.step();
        yield start + i;
      }
    });
  }),
  "static IEnumerable<T> Repeat<T>(T element, int count)": withCall((call) => (element: Value, count: number) => {
    if (count < 0) raise("ArgumentOutOfRangeException");
    return new Sequence(typeArgument(call, 0), function* () {
      for (let i = 0; i < count; i++) {
        call.run.step();
        yield element;
      }
    });
  }),
  "static IEnumerable<T> Empty<T>()": withCall((call) => () => new NetArray(typeArgument(call, 0), [])),
};
