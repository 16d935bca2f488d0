import { unsupported } from "../errors.ts";
import { type MemberTable, type TypeDefinition, withCall } from "../model/definition.ts";
import type { Value } from "../model/value.ts";
import { NetArray, NetList, toArray } from "../runtime/collection.ts";
import { compareValues, keyOf } from "../runtime/equality.ts";
import { argumentOutOfRange, notNull, raise } from "../runtime/exception.ts";
import { JArrayValue } from "../runtime/json/jsonArray.ts";
import type { Delegate } from "../runtime/objects.ts";
import { NetDictionary, NetSet } from "../runtime/table.ts";
import { typeArgument } from "./support.ts";

const OUT_OF_RANGE = "Index was out of range. Must be non-negative and less than the size of the collection.";

/** Sorts stably or refuses: List.Sort is not stable, so equal items that differ would come in another order. */
export function sortUnstable(list: readonly Value[], compare: (a: Value, b: Value) => number): Value[] {
  const sorted = [...list].sort(compare);
  for (let i = 1; i < sorted.length; i++) {
    const [a, b] = [sorted[i - 1] ?? null, sorted[i] ?? null];
    if (compare(a, b) === 0 && keyOf(a) !== keyOf(b)) unsupported("the order an unstable sort leaves equal items in");
  }
  return sorted;
}

const byDelegate = (comparison: Delegate) => (a: Value, b: Value) => Number(comparison.invoke(a, b));

function at(list: readonly Value[], index: number): Value {
  if (index < 0 || index >= list.length) argumentOutOfRange("index", OUT_OF_RANGE);
  return list[index] ?? null;
}

const indexOf = (list: readonly Value[], item: Value): number =>
  list.findIndex((other) => keyOf(other) === keyOf(item));
const test = (match: Delegate | null) => {
  const predicate = notNull(match, "match");
  return (item: Value) => predicate.invoke(item) === true;
};

function changed(self: NetList, list: Value[]): void {
  self.change(list);
}

function removeRange(self: NetList, index: number, count: number): void {
  if (index < 0) argumentOutOfRange("index");
  if (count < 0) argumentOutOfRange("count");
  if (index + count > self.list.length) raise("ArgumentException");
  changed(self, [...self.list.slice(0, index), ...self.list.slice(index + count)]);
}

function insert(self: NetList, index: number, items: readonly Value[]): void {
  if (index < 0 || index > self.list.length) argumentOutOfRange("index");
  changed(self, [...self.list.slice(0, index), ...items, ...self.list.slice(index)]);
}

const listMembers: MemberTable = {
  "new()": withCall((call) => () => new NetList(typeArgument(call, 0, "owner"), [])),
  "new(int capacity)": withCall((call) => () => new NetList(typeArgument(call, 0, "owner"), [])),
  "new(IEnumerable<T> collection)": withCall(
    (call) => (items: Value) => new NetList(typeArgument(call, 0, "owner"), toArray(items, "collection")),
  ),
  "int Count": (self: NetList) => self.list.length,
  "T this[int index]": {
    get: (self: NetList, index: number) => at(self.list, index),
    set: (self: NetList, index: number, value: Value) => {
      at(self.list, index);
      changed(self, self.list.with(index, value));
    },
  },
  "void Add(T item)": (self: NetList, item: Value) => {
    self.list.push(item);
    self.version++;
  },
  "void AddRange(IEnumerable<T> collection)": (self: NetList, items: Value) =>
    changed(self, [...self.list, ...toArray(items, "collection")]),
  "void Insert(int index, T item)": (self: NetList, index: number, item: Value) => insert(self, index, [item]),
  "void InsertRange(int index, IEnumerable<T> collection)": (self: NetList, index: number, items: Value) =>
    insert(self, index, toArray(items, "collection")),
  "bool Remove(T item)": (self: NetList, item: Value) => {
    const index = indexOf(self.list, item);
    if (index >= 0) removeRange(self, index, 1);
    return index >= 0;
  },
  "void RemoveAt(int index)": (self: NetList, index: number) => {
    at(self.list, index);
    removeRange(self, index, 1);
  },
  "void RemoveRange(int index, int count)": removeRange,
  "int RemoveAll(Predicate<T> match)": (self: NetList, match: Delegate | null) => {
    const kept = self.list.filter((item) => !test(match)(item));
    const removed = self.list.length - kept.length;
    if (removed > 0) changed(self, kept);
    return removed;
  },
  "void Clear()": (self: NetList) => changed(self, []),
  "bool Contains(T item)": (self: NetList, item: Value) => indexOf(self.list, item) >= 0,
  "int IndexOf(T item)": (self: NetList, item: Value) => indexOf(self.list, item),
  "int LastIndexOf(T item)": (self: NetList, item: Value) =>
    self.list.findLastIndex((other) => keyOf(other) === keyOf(item)),
  "void Reverse()": (self: NetList) => changed(self, self.list.toReversed()),
  "void Sort()": (self: NetList) => changed(self, sortUnstable(self.list, compareValues)),
  "void Sort(Comparison<T> comparison)": (self: NetList, comparison: Delegate) =>
    changed(self, sortUnstable(self.list, byDelegate(comparison))),
  "void Sort(IComparer<T> comparer)": "refused",
  "T[] ToArray()": withCall((call) => (self: NetList) => new NetArray(typeArgument(call, 0, "owner"), [...self.list])),
  "List<T> GetRange(int index, int count)": withCall((call) => (self: NetList, index: number, count: number) => {
    if (index < 0 || count < 0) raise("ArgumentOutOfRangeException");
    if (index + count > self.list.length) raise("ArgumentException");
    return new NetList(typeArgument(call, 0, "owner"), self.list.slice(index, index + count));
  }),
  "T Find(Predicate<T> match)": withCall((call) => (self: NetList, match: Delegate) => {
    const index = self.list.findIndex(test(match));
    return index < 0 ? call.run.defaultOf(typeArgument(call, 0, "owner")) : (self.list[index] ?? null);
  }),
  "T FindLast(Predicate<T> match)": withCall((call) => (self: NetList, match: Delegate) => {
    const index = self.list.findLastIndex(test(match));
    return index < 0 ? call.run.defaultOf(typeArgument(call, 0, "owner")) : (self.list[index] ?? null);
  }),
  "List<T> FindAll(Predicate<T> match)": withCall(
    (call) => (self: NetList, match: Delegate) =>
      new NetList(typeArgument(call, 0, "owner"), self.list.filter(test(match))),
  ),
  "int FindIndex(Predicate<T> match)": (self: NetList, match: Delegate) => self.list.findIndex(test(match)),
  "bool Exists(Predicate<T> match)": (self: NetList, match: Delegate) => self.list.some(test(match)),
  "bool TrueForAll(Predicate<T> match)": (self: NetList, match: Delegate) => self.list.every(test(match)),
  "void ForEach(Action<T> action)": (self: NetList, action: Delegate) => {
    for (const item of self.items()) action.invoke(item);
  },
  "List<R> ConvertAll<R>(Converter<T, R> converter)": withCall(
    (call) => (self: NetList, convert: Delegate) =>
      new NetList(
        typeArgument(call, 0),
        self.list.map((item) => convert.invoke(item)),
      ),
  ),
};

const arrayStatics: MemberTable = {
  "int Length": (self: NetArray) => self.list.length,
  "static int IndexOf<T>(T[] array, T value)": (array: NetArray | null, value: Value) =>
    indexOf(notNull(array, "array").list, value),
  "static int LastIndexOf<T>(T[] array, T value)": (array: NetArray, value: Value) =>
    array.list.findLastIndex((item) => keyOf(item) === keyOf(value)),
  "static bool Exists<T>(T[] array, Predicate<T> match)": (array: NetArray, match: Delegate) =>
    array.list.some(test(match)),
  "static T Find<T>(T[] array, Predicate<T> match)": withCall((call) => (array: NetArray, match: Delegate) => {
    const index = array.list.findIndex(test(match));
    return index < 0 ? call.run.defaultOf(typeArgument(call, 0)) : (array.list[index] ?? null);
  }),
  "static T[] FindAll<T>(T[] array, Predicate<T> match)": withCall(
    (call) => (array: NetArray, match: Delegate) => new NetArray(typeArgument(call, 0), array.list.filter(test(match))),
  ),
  "static int FindIndex<T>(T[] array, Predicate<T> match)": (array: NetArray, match: Delegate) =>
    array.list.findIndex(test(match)),
  "static bool TrueForAll<T>(T[] array, Predicate<T> match)": (array: NetArray, match: Delegate) =>
    array.list.every(test(match)),
  "static void ForEach<T>(T[] array, Action<T> action)": (array: NetArray, action: Delegate) => {
    for (const item of array.list) action.invoke(item);
  },
  "static R[] ConvertAll<T, R>(T[] array, Converter<T, R> converter)": withCall(
    (call) => (array: NetArray, convert: Delegate) =>
      new NetArray(
        typeArgument(call, 1),
        array.list.map((item) => convert.invoke(item)),
      ),
  ),
  "static T[] Empty<T>()": withCall((call) => () => new NetArray(typeArgument(call, 0), [])),
  "static void Sort<T>(T[] array)": (array: NetArray) => {
    array.list.splice(0, array.list.length, ...sortUnstable(array.list, compareValues));
  },
  "static void Sort<T>(T[] array, Comparison<T> comparison)": (array: NetArray, comparison: Delegate) => {
    array.list.splice(0, array.list.length, ...sortUnstable(array.list, byDelegate(comparison)));
  },
  "static void Reverse<T>(T[] array)": (array: NetArray) => {
    array.list.reverse();
  },
  "static void Reverse(Array array)": (array: NetArray) => {
    array.list.reverse();
  },
  "static void Copy(Array sourceArray, Array destinationArray, int length)": (
    source: NetArray,
    target: NetArray,
    length: number,
  ) => copy(source, 0, target, 0, length),
  "static void Copy(Array sourceArray, int sourceIndex, Array destinationArray, int destinationIndex, int length)":
    copy,
  "void CopyTo(Array array, int index)": (self: NetArray, target: NetArray, index: number) =>
    copy(self, 0, target, index, self.list.length),
  "object Clone()": (self: NetArray) => new NetArray(self.element, [...self.list]),
};

function copy(source: NetArray, from: number, target: NetArray, to: number, length: number): void {
  if (source.element.key !== target.element.key) unsupported("copying between arrays of different types");
  if (from < 0 || to < 0 || length < 0) raise("ArgumentOutOfRangeException");
  if (from + length > source.list.length || to + length > target.list.length) raise("ArgumentException");
  target.list.splice(to, length, ...source.list.slice(from, from + length));
}

// Members an interface promises, on whatever implements it.
function count(self: Value): number {
  if (self instanceof NetArray || self instanceof NetList) return self.list.length;
  if (self instanceof NetDictionary || self instanceof NetSet) return self.slots.size;
  return self instanceof JArrayValue ? self.children.length : unsupported("the size of this collection");
}

function indexed(self: Value): readonly Value[] {
  if (self instanceof NetArray || self instanceof NetList) return self.list;
  return self instanceof JArrayValue ? self.children : unsupported("indexing this collection");
}

function growable(self: Value): NetList {
  if (self instanceof NetArray) return raise("NotSupportedException", "Collection was of a fixed size.");
  return self instanceof NetList ? self : unsupported("changing this collection");
}

export const listTypes: readonly TypeDefinition[] = [
  {
    namespace: "System.Collections.Generic",
    name: "List<T>",
    kind: "class",
    interfaces: ["IList<T>", "IReadOnlyList<T>"],
    members: listMembers,
  },
  {
    namespace: "System",
    name: "Array",
    kind: "class",
    interfaces: ["System.Collections.IEnumerable"],
    members: arrayStatics,
  },
  {
    namespace: "System.Collections.Generic",
    name: "IEnumerable<T>",
    kind: "interface",
    interfaces: ["System.Collections.IEnumerable"],
    covariant: true,
  },
  {
    namespace: "System.Collections.Generic",
    name: "IReadOnlyCollection<T>",
    kind: "interface",
    interfaces: ["IEnumerable<T>"],
    covariant: true,
    members: { "int Count": count },
  },
  {
    namespace: "System.Collections.Generic",
    name: "IReadOnlyList<T>",
    kind: "interface",
    interfaces: ["IReadOnlyCollection<T>"],
    covariant: true,
    unlisted: true,
  },
  {
    namespace: "System.Collections.Generic",
    name: "ICollection<T>",
    kind: "interface",
    interfaces: ["IEnumerable<T>"],
    members: {
      "int Count": count,
      "bool Contains(T item)": (self: Value, item: Value) => indexOf(indexed(self), item) >= 0,
      "void Add(T item)": (self: Value, item: Value) => {
        const list = growable(self);
        list.change([...list.list, item]);
      },
      "void Clear()": (self: Value) => growable(self).change([]),
    },
  },
  {
    namespace: "System.Collections.Generic",
    name: "IList<T>",
    kind: "interface",
    interfaces: ["ICollection<T>"],
    members: {
      "T this[int index]": (self: Value, index: number) => {
        const list = indexed(self);
        if (self instanceof NetArray && (index < 0 || index >= list.length))
          raise("IndexOutOfRangeException", "Index was outside the bounds of the array.");
        return at(list, index);
      },
      "int IndexOf(T item)": (self: Value, item: Value) => indexOf(indexed(self), item),
    },
  },
];
