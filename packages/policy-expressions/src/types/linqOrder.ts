import { unsupported } from "../errors.ts";
import { type Call, type MemberTable, type TypeDefinition, withCall } from "../model/definition.ts";
import { enumerableOf, namedType, type Type } from "../model/type.ts";
import { type EqualityKey, NetObject, type Value } from "../model/value.ts";
import { iterate, NetList, Sequence, toArray } from "../runtime/collection.ts";
import { compareValues, keyOf } from "../runtime/equality.ts";
import { notNull, raise } from "../runtime/exception.ts";
import type { Delegate } from "../runtime/objects.ts";
import { type KeyComparer, NetDictionary, NetSet } from "../runtime/table.ts";
import { textOf } from "../runtime/text.ts";
import type { StringComparer } from "./comparers.ts";
import { lazy, lazyUnlessEmpty } from "./linqLazy.ts";
import { typeArgument } from "./support.ts";

interface SortKey {
  readonly of: Delegate | undefined;
  readonly descending: boolean;
  readonly comparer: StringComparer | null;
}

/** What OrderBy gives: a stable sort by several keys, run when it is read. */
class Ordered extends NetObject {
  override readonly type: Type;
  readonly source: Value;
  readonly keys: readonly SortKey[];

  constructor(element: Type, source: Value, keys: readonly SortKey[]) {
    super();
    this.type = namedType("System.Linq.IOrderedEnumerable`1", [element]);
    this.source = source;
    this.keys = keys;
  }

  override toText(): string {
    return unsupported("the name of a compiler-made sequence type");
  }

  override items(): Iterable<Value> {
    const rows = toArray(this.source).map((item) => ({
      item,
      keys: this.keys.map((key) => (key.of === undefined ? item : key.of.invoke(item))),
    }));
    rows.sort((a, b) => {
      for (const [i, { descending, comparer }] of this.keys.entries()) {
        const [x, y] = [a.keys[i] ?? null, b.keys[i] ?? null];
        const order = comparer === null ? compareValues(x, y) : comparer.compare(x, y);
        if (order !== 0) return descending ? -order : order;
      }
      return 0;
    });
    return rows.map((row) => row.item);
  }
}

function ordering(name: string, descending: boolean): MemberTable {
  const make = (call: Call, source: Value, of: Delegate | undefined, comparer: StringComparer | null): Ordered => {
    notNull(source, "source");
    return new Ordered(typeArgument(call, 0), source, [{ of, descending, comparer }]);
  };
  const then = (source: Ordered, of: Delegate, comparer: StringComparer | null): Ordered =>
    new Ordered(source.type.args[0] ?? source.type, source.source, [...source.keys, { of, descending, comparer }]);
  const suffix = descending ? "Descending" : "";
  return name === "OrderBy"
    ? {
        [`static IOrderedEnumerable<T> OrderBy${suffix}<T, K>(this IEnumerable<T> source, Func<T, K> keySelector)`]:
          withCall((call) => (source: Value, of: Delegate) => make(call, source, notNull(of, "keySelector"), null)),
        [`static IOrderedEnumerable<T> OrderBy${suffix}<T, K>(this IEnumerable<T> source, Func<T, K> keySelector, IComparer<K> comparer)`]:
          withCall(
            (call) => (source: Value, of: Delegate, comparer: StringComparer | null) =>
              make(call, source, of, comparer),
          ),
        [`static IOrderedEnumerable<T> Order${suffix}<T>(this IEnumerable<T> source)`]: withCall(
          (call) => (source: Value) => make(call, source, undefined, null),
        ),
      }
    : {
        [`static IOrderedEnumerable<T> ThenBy${suffix}<T, K>(this IOrderedEnumerable<T> source, Func<T, K> keySelector)`]:
          (source: Ordered | null, of: Delegate) => then(notNull(source, "source"), of, null),
        [`static IOrderedEnumerable<T> ThenBy${suffix}<T, K>(this IOrderedEnumerable<T> source, Func<T, K> keySelector, IComparer<K> comparer)`]:
          then,
      };
}

/** A group of GroupBy. Its `Key` is off the documented list of members, so nothing here reads it. */
class Grouping extends NetObject {
  override readonly type: Type;
  private readonly list: readonly Value[];

  constructor(keyType: Type, element: Type, list: readonly Value[]) {
    super();
    this.type = namedType("System.Linq.IGrouping`2", [keyType, element]);
    this.list = list;
  }

  override items(): Iterable<Value> {
    return this.list;
  }
}

const comparerOf = (comparer: StringComparer | null | undefined): KeyComparer => comparer ?? { keyOf };

function groups(
  source: Value,
  key: Delegate,
  element: Delegate | undefined,
  comparer?: StringComparer | null,
): { readonly key: Value; readonly list: Value[] }[] {
  const found = new Map<EqualityKey, { readonly key: Value; readonly list: Value[] }>();
  for (const item of iterate(source)) {
    const value = key.invoke(item);
    const id = comparerOf(comparer).keyOf(value);
    const group = found.get(id) ?? { key: value, list: [] };
    found.set(id, group);
    group.list.push(element === undefined ? item : element.invoke(item));
  }
  return [...found.values()];
}

function toDictionary(
  types: readonly Type[],
  source: Value,
  key: Delegate,
  element: Delegate | undefined,
  comparer: StringComparer | null,
): NetDictionary {
  const made = new NetDictionary(types, comparer ?? undefined);
  for (const item of iterate(source)) {
    const at = notNull(key.invoke(item), "key");
    if (!made.slots.add(at, element === undefined ? item : element.invoke(item))) {
      raise("ArgumentException", `An item with the same key has already been added. Key: ${textOf(at)}`);
    }
  }
  return made;
}

function* distinct(
  source: Value,
  by: (item: Value) => EqualityKey,
  except: Iterable<EqualityKey> = [],
): Iterable<Value> {
  const seen = new Set<EqualityKey>(except);
  for (const item of iterate(source)) {
    const key = by(item);
    if (seen.has(key)) continue;
    seen.add(key);
    yield item;
  }
}

function* union(first: Value, second: Value, by: (item: Value) => EqualityKey): Iterable<Value> {
  yield* distinct(
    new Sequence(enumerableOf(namedType("System.Object")), () => [
      ...toArray(first, "first"),
      ...toArray(second, "second"),
    ]),
    by,
  );
}

function* intersect(first: Value, second: Value, by: (item: Value) => EqualityKey): Iterable<Value> {
  const others = new Set(toArray(second, "second").map(by));
  for (const item of distinct(first, by)) if (others.has(by(item))) yield item;
}

function setOperation(
  name: string,
  run: (first: Value, second: Value, by: (item: Value) => EqualityKey) => Iterable<Value>,
): MemberTable {
  const plain = withCall(
    (call) => (first: Value, second: Value, comparer?: StringComparer | null) =>
      lazy(typeArgument(call, 0), first, () => run(first, second, (item) => comparerOf(comparer).keyOf(item))),
  );
  return {
    [`static IEnumerable<T> ${name}<T>(this IEnumerable<T> first, IEnumerable<T> second)`]: plain,
    [`static IEnumerable<T> ${name}<T>(this IEnumerable<T> first, IEnumerable<T> second, IEqualityComparer<T> comparer)`]:
      plain,
  };
}

export const linqOrder: MemberTable = {
  ...ordering("OrderBy", false),
  ...ordering("OrderBy", true),
  ...ordering("ThenBy", false),
  ...ordering("ThenBy", true),
  ...setOperation("Union", union),
  ...setOperation("Intersect", intersect),
  ...setOperation("Except", (first, second, by) => distinct(first, by, toArray(second, "second").map(by))),
  "static IEnumerable<T> Distinct<T>(this IEnumerable<T> source)": withCall(
    (call) => (source: Value) => lazyUnlessEmpty(typeArgument(call, 0), source, () => distinct(source, keyOf)),
  ),
  "static IEnumerable<T> Distinct<T>(this IEnumerable<T> source, IEqualityComparer<T> comparer)": withCall(
    (call) => (source: Value, comparer: StringComparer | null) =>
      lazyUnlessEmpty(typeArgument(call, 0), source, () =>
        distinct(source, (item) => comparerOf(comparer).keyOf(item)),
      ),
  ),
  "static IEnumerable<T> DistinctBy<T, K>(this IEnumerable<T> source, Func<T, K> keySelector)": withCall(
    (call) => (source: Value, key: Delegate) =>
      lazyUnlessEmpty(typeArgument(call, 0), source, () => distinct(source, (item) => keyOf(key.invoke(item)))),
  ),
  "static IEnumerable<IGrouping<K, T>> GroupBy<T, K>(this IEnumerable<T> source, Func<T, K> keySelector)": withCall(
    (call) => (source: Value, key: Delegate) =>
      lazyUnlessEmpty(
        namedType("System.Linq.IGrouping`2", [typeArgument(call, 1), typeArgument(call, 0)]),
        source,
        () =>
          groups(source, key, undefined).map(
            (group) => new Grouping(typeArgument(call, 1), typeArgument(call, 0), group.list),
          ),
      ),
  ),
  "static IEnumerable<IGrouping<K, E>> GroupBy<T, K, E>(this IEnumerable<T> source, Func<T, K> keySelector, Func<T, E> elementSelector)":
    withCall(
      (call) => (source: Value, key: Delegate, element: Delegate) =>
        lazyUnlessEmpty(
          namedType("System.Linq.IGrouping`2", [typeArgument(call, 1), typeArgument(call, 2)]),
          source,
          () =>
            groups(source, key, element).map(
              (group) => new Grouping(typeArgument(call, 1), typeArgument(call, 2), group.list),
            ),
        ),
    ),
  "static IEnumerable<R> GroupBy<T, K, R>(this IEnumerable<T> source, Func<T, K> keySelector, Func<K, IEnumerable<T>, R> resultSelector)":
    withCall(
      (call) => (source: Value, key: Delegate, result: Delegate) =>
        lazyUnlessEmpty(typeArgument(call, 2), source, () =>
          groups(source, key, undefined).map((group) =>
            result.invoke(group.key, new NetList(typeArgument(call, 0), group.list)),
          ),
        ),
    ),
  "static Dictionary<K, T> ToDictionary<T, K>(this IEnumerable<T> source, Func<T, K> keySelector)": withCall(
    (call) => (source: Value, key: Delegate) =>
      toDictionary([typeArgument(call, 1), typeArgument(call, 0)], source, key, undefined, null),
  ),
  "static Dictionary<K, T> ToDictionary<T, K>(this IEnumerable<T> source, Func<T, K> keySelector, IEqualityComparer<K> comparer)":
    withCall(
      (call) => (source: Value, key: Delegate, comparer: StringComparer | null) =>
        toDictionary([typeArgument(call, 1), typeArgument(call, 0)], source, key, undefined, comparer),
    ),
  "static Dictionary<K, E> ToDictionary<T, K, E>(this IEnumerable<T> source, Func<T, K> keySelector, Func<T, E> elementSelector)":
    withCall(
      (call) => (source: Value, key: Delegate, element: Delegate) =>
        toDictionary([typeArgument(call, 1), typeArgument(call, 2)], source, key, element, null),
    ),
  "static Dictionary<K, E> ToDictionary<T, K, E>(this IEnumerable<T> source, Func<T, K> keySelector, Func<T, E> elementSelector, IEqualityComparer<K> comparer)":
    withCall(
      (call) => (source: Value, key: Delegate, element: Delegate, comparer: StringComparer | null) =>
        toDictionary([typeArgument(call, 1), typeArgument(call, 2)], source, key, element, comparer),
    ),
  "static HashSet<T> ToHashSet<T>(this IEnumerable<T> source)": withCall(
    (call) => (source: Value) => toSet(call, source, null),
  ),
  "static HashSet<T> ToHashSet<T>(this IEnumerable<T> source, IEqualityComparer<T> comparer)": withCall(
    (call) => (source: Value, comparer: StringComparer | null) => toSet(call, source, comparer),
  ),
  "static IEnumerable<R> Join<O, I, K, R>(this IEnumerable<O> outer, IEnumerable<I> inner, Func<O, K> outerKeySelector, Func<I, K> innerKeySelector, Func<O, I, R> resultSelector)":
    withCall(
      (call) => (outer: Value, inner: Value, outerKey: Delegate, innerKey: Delegate, result: Delegate) =>
        lazyUnlessEmpty(typeArgument(call, 3), outer, function* () {
          const known = groups(inner, innerKey, undefined).filter((group) => group.key !== null);
          for (const item of iterate(outer)) {
            const key = keyOf(outerKey.invoke(item));
            for (const match of known.find((group) => keyOf(group.key) === key)?.list ?? [])
              yield result.invoke(item, match);
          }
        }),
    ),
};

function toSet(call: Call, source: Value, comparer: StringComparer | null): NetSet {
  const made = new NetSet(typeArgument(call, 0), comparer ?? undefined);
  for (const item of iterate(source)) made.slots.add(item, null);
  return made;
}

export const orderTypes: readonly TypeDefinition[] = [
  {
    namespace: "System.Linq",
    name: "IOrderedEnumerable<T>",
    kind: "interface",
    interfaces: ["IEnumerable<T>"],
    covariant: true,
    unlisted: true,
  },
  {
    namespace: "System.Linq",
    name: "IGrouping<TKey, TElement>",
    kind: "interface",
    interfaces: ["IEnumerable<TElement>"],
    covariant: true,
    unlisted: true,
  },
];
