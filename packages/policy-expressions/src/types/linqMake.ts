import { type MemberTable, withCall } from "../model/definition.ts";
import { arrayOf, enumerableOf, INT } from "../model/type.ts";
import { typeOf, type Value } from "../model/value.ts";
import { iterate, NetArray, NetList, Sequence, toArray } from "../runtime/collection.ts";
import { notNull, raise } from "../runtime/exception.ts";
import type { Delegate } from "../runtime/objects.ts";
import { isEmptyArray, lazy, lazyUnlessEmpty, producing } from "./linqLazy.ts";
import { typeArgument } from "./support.ts";

/** LINQ's methods that join sequences, change what they are, or make them. */
export const linqMake: MemberTable = {
  "static IEnumerable<T> Concat<T>(this IEnumerable<T> first, IEnumerable<T> second)": withCall(
    (call) => (first: Value, second: Value) => {
      notNull(second, "second");
      // An empty array is left out, and the other side is given as it is.
      if (isEmptyArray(first)) return second;
      if (isEmptyArray(second)) return first;
      return lazy(typeArgument(call, 0), first, function* () {
        yield* iterate(first);
        yield* iterate(second);
      });
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
  "static IEnumerable<T> DefaultIfEmpty<T>(this IEnumerable<T> source)": withCall(
    (call) => (source: Value) =>
      lazy(typeArgument(call, 0), source, () => {
        const all = toArray(source);
        return all.length === 0 ? [call.run.defaultOf(typeArgument(call, 0))] : all;
      }),
  ),
  "static IEnumerable<T> DefaultIfEmpty<T>(this IEnumerable<T> source, T defaultValue)": withCall(
    (call) => (source: Value, fallback: Value) =>
      lazy(typeArgument(call, 0), source, function* () {
        const all = toArray(source);
        yield* all.length === 0 ? [fallback] : all;
      }),
  ),
  "static IEnumerable<R> Zip<A, B, R>(this IEnumerable<A> first, IEnumerable<B> second, Func<A, B, R> resultSelector)":
    withCall(
      (call) => (first: Value, second: Value, result: Delegate) =>
        lazy(typeArgument(call, 2), first, function* () {
          const others = iterate(second)[Symbol.iterator]();
          for (const item of iterate(first)) {
            const other = others.next();
            if (other.done === true) return;
            yield result.invoke(item, other.value);
          }
        }),
    ),
  "static IEnumerable<T> Cast<T>(this System.Collections.IEnumerable source)": withCall((call) => (source: Value) => {
    const type = typeArgument(call, 0);
    if (call.run.isInstance(source, enumerableOf(type))) return source;
    return lazy(type, source, function* () {
      for (const item of iterate(source)) {
        if (item !== null && !call.run.isInstance(item, type)) {
          raise("InvalidCastException", `Unable to cast object of type '${typeOf(item).key}' to type '${type.key}'.`);
        }
        yield item;
      }
    });
  }),
  "static IEnumerable<T> OfType<T>(this System.Collections.IEnumerable source)": withCall((call) => (source: Value) => {
    const type = typeArgument(call, 0);
    return lazy(type, source, function* () {
      for (const item of iterate(source)) if (call.run.isInstance(item, type)) yield item;
    });
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
      return lazyUnlessEmpty(arrayOf(type), source, function* () {
        const all = toArray(source);
        for (let i = 0; i < all.length; i += size) yield new NetArray(type, all.slice(i, i + size));
      });
    },
  ),
  "static IEnumerable<int> Range(int start, int count)": withCall(({ run }) => (start: number, count: number) => {
    if (count < 0 || start + count - 1 > 0x7fff_ffff) raise("ArgumentOutOfRangeException");
    if (count === 0) return new NetArray(INT, []);
    return new Sequence(INT, function* () {
      for (let i = 0; i < count; i++) {
        run.step();
        yield start + i;
      }
    });
  }),
  "static IEnumerable<T> Repeat<T>(T element, int count)": withCall((call) => (element: Value, count: number) => {
    if (count < 0) raise("ArgumentOutOfRangeException");
    if (count === 0) return new NetArray(typeArgument(call, 0), []);
    return new Sequence(typeArgument(call, 0), function* () {
      for (let i = 0; i < count; i++) {
        call.run.step();
        yield element;
      }
    });
  }),
  "static IEnumerable<T> Empty<T>()": withCall((call) => () => new NetArray(typeArgument(call, 0), [])),
};
