import { type MemberTable, withCall } from "../model/definition.ts";
import type { Value } from "../model/value.ts";
import { iterate, NetArray, toArray } from "../runtime/collection.ts";
import type { Delegate } from "../runtime/objects.ts";
import { lazyUnlessEmpty, producing } from "./linqLazy.ts";
import { typeArgument } from "./support.ts";

const isTrue = (value: Value): boolean => value === true;

/** LINQ's methods that filter, map and cut a sequence. */
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
  "static IEnumerable<T> Take<T>(this IEnumerable<T> source, int count)": withCall(
    (call) => (source: Value, count: number) => {
      const type = typeArgument(call, 0);
      if (count <= 0) return new NetArray(type, []);
      return lazyUnlessEmpty(type, source, function* () {
        let left = count;
        for (const item of iterate(source)) {
          yield item;
          if (--left <= 0) return;
        }
      });
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
};
