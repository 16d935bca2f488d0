import { unsupported } from "../errors.ts";
import { type Call, type MemberTable, type TypeDefinition, withCall } from "../model/definition.ts";
import { namedType, type Type } from "../model/type.ts";
import { NetObject, type Value } from "../model/value.ts";
import { iterate, NetQueue } from "../runtime/collection.ts";
import { keyOf } from "../runtime/equality.ts";
import { argumentNull, notNull, raise } from "../runtime/exception.ts";
import type { OutCell } from "../runtime/objects.ts";
import { type KeyComparer, NetDictionary, NetSet, Pair, type Slots } from "../runtime/table.ts";
import { textOf } from "../runtime/text.ts";
import type { StringComparer } from "./comparers.ts";
import { typeArgument } from "./support.ts";

function dictionary(call: Call, source: Value, comparer?: KeyComparer): NetDictionary {
  const made = new NetDictionary(call.owner, comparer);
  if (source !== null) {
    for (const pair of iterate(source, "dictionary")) if (pair instanceof Pair) addNew(made, pair.key, pair.value);
  }
  return made;
}

function slots(self: Value): Slots {
  return self instanceof NetDictionary || self instanceof NetSet
    ? self.slots
    : unsupported("a dictionary of this kind");
}

function addNew(self: NetDictionary, key: Value, value: Value): void {
  if (key === null) argumentNull("key");
  if (!self.slots.add(key, value))
    raise("ArgumentException", `An item with the same key has already been added. Key: ${textOf(key)}`);
}

function lookUp(self: Value, key: Value): Value {
  const found = slots(self).get(notNull(key, "key"));
  return found === undefined
    ? raise("KeyNotFoundException", `The given key '${textOf(key)}' was not present in the dictionary.`)
    : found.value;
}

const read: MemberTable = {
  "TValue this[TKey key]": lookUp,
  "bool ContainsKey(TKey key)": (self: Value, key: Value) => slots(self).get(notNull(key, "key")) !== undefined,
  "bool TryGetValue(TKey key, out TValue value)": withCall((call) => (self: Value, key: Value, out: OutCell) => {
    const found = slots(self).get(notNull(key, "key"));
    out.value = found === undefined ? call.run.defaultOf(typeArgument(call, 1, "owner")) : found.value;
    return found !== undefined;
  }),
  "IEnumerable<TKey> Keys": (self: Value) => new PartList(self, "KeyCollection", () => keys(self)),
  "IEnumerable<TValue> Values": (self: Value) => new PartList(self, "ValueCollection", () => values(self)),
};

/** Keys or Values of a dictionary: a view that is read anew each time. */
class PartList extends NetObject {
  override readonly type: Type;
  private readonly read: () => Iterable<Value>;

  constructor(owner: Value, name: string, read: () => Iterable<Value>) {
    super();
    const args = owner instanceof NetDictionary ? owner.type.args : unsupported("a dictionary of this kind");
    this.type = namedType(`System.Collections.Generic.Dictionary\`2+${name}`, args);
    this.read = read;
  }

  override items(): Iterable<Value> {
    return this.read();
  }
}

function* keys(self: Value): Iterable<Value> {
  for (const { key } of slots(self).entries()) yield key;
}

function* values(self: Value): Iterable<Value> {
  for (const { value } of slots(self).entries()) yield value;
}

const write: MemberTable = {
  ...read,
  "TValue this[TKey key]": {
    get: lookUp,
    set: (self: NetDictionary, key: Value, value: Value) => self.slots.set(notNull(key, "key"), value),
  },
  "void Add(TKey key, TValue value)": addNew,
  "bool Remove(TKey key)": (self: NetDictionary, key: Value) => self.slots.remove(notNull(key, "key")),
  "void Clear()": (self: NetDictionary) => self.slots.clear(),
};

const setMembers: MemberTable = {
  "new()": withCall((call) => () => new NetSet(typeArgument(call, 0, "owner"))),
  "new(IEnumerable<T> collection)": withCall((call) => (items: Value) => setOf(call, items)),
  "new(IEqualityComparer<T> comparer)": withCall(
    (call) => (comparer: StringComparer | null) => new NetSet(typeArgument(call, 0, "owner"), comparer ?? undefined),
  ),
  "new(IEnumerable<T> collection, IEqualityComparer<T> comparer)": withCall(
    (call) => (items: Value, comparer: StringComparer | null) => setOf(call, items, comparer ?? undefined),
  ),
  "int Count": (self: NetSet) => self.slots.size,
  "bool Add(T item)": (self: NetSet, item: Value) => self.slots.add(item, null),
  "bool Contains(T item)": (self: NetSet, item: Value) => self.slots.get(item) !== undefined,
  "bool Remove(T item)": (self: NetSet, item: Value) => self.slots.remove(item),
  "void Clear()": (self: NetSet) => self.slots.clear(),
  "void UnionWith(IEnumerable<T> other)": (self: NetSet, other: Value) => {
    for (const item of iterate(other, "other")) self.slots.add(item, null);
  },
  "void ExceptWith(IEnumerable<T> other)": (self: NetSet, other: Value) => {
    for (const item of [...iterate(other, "other")]) self.slots.remove(item);
  },
  "void IntersectWith(IEnumerable<T> other)": (self: NetSet, other: Value) => {
    const kept = new Set(
      [...iterate(other, "other")].map((item) => self.slots.get(item)?.key).map((key) => keyOf(key ?? null)),
    );
    for (const item of [...self.items()]) if (!kept.has(keyOf(item))) self.slots.remove(item);
  },
  "bool IsSubsetOf(IEnumerable<T> other)": (self: NetSet, other: Value) => {
    const others = new Set([...iterate(other, "other")].map(keyOf));
    return [...self.items()].every((item) => others.has(keyOf(item)));
  },
  "bool IsSupersetOf(IEnumerable<T> other)": (self: NetSet, other: Value) =>
    [...iterate(other, "other")].every((item) => self.slots.get(item) !== undefined),
  "bool Overlaps(IEnumerable<T> other)": (self: NetSet, other: Value) =>
    [...iterate(other, "other")].some((item) => self.slots.get(item) !== undefined),
  "bool SetEquals(IEnumerable<T> other)": (self: NetSet, other: Value) => {
    const others = [...iterate(other, "other")];
    return (
      others.every((item) => self.slots.get(item) !== undefined) && new Set(others.map(keyOf)).size === self.slots.size
    );
  },
};

function setOf(call: Call, items: Value, comparer?: KeyComparer): NetSet {
  const made = new NetSet(typeArgument(call, 0, "owner"), comparer);
  for (const item of iterate(items, "collection")) made.slots.add(item, null);
  return made;
}

const empty = (name: string): never => raise("InvalidOperationException", `${name} empty.`);
const GENERIC = "System.Collections.Generic";

function queue(
  name: "Queue" | "Stack",
  add: string,
  take: string,
  first: (self: NetQueue, item: Value) => void,
): TypeDefinition {
  const make = (call: Call, list: Value[]): NetQueue =>
    new NetQueue(
      {
        kind: "named",
        key: `${GENERIC}.${name}\`1[${typeArgument(call, 0, "owner").key}]`,
        name: `${GENERIC}.${name}\`1`,
        args: call.owner,
      },
      list,
    );
  const fill = (call: Call, items: Value): NetQueue => {
    const made = make(call, []);
    for (const item of iterate(items, "collection")) first(made, item);
    return made;
  };
  return {
    namespace: GENERIC,
    name: `${name}<T>`,
    kind: "class",
    interfaces: ["IEnumerable<T>"],
    members: {
      "new()": withCall((call) => () => make(call, [])),
      "new(IEnumerable<T> collection)": withCall((call) => (items: Value) => fill(call, items)),
      "int Count": (self: NetQueue) => self.list.length,
      [`void ${add}(T item)`]: first,
      [`T ${take}()`]: (self: NetQueue) => (self.list.length === 0 ? empty(name) : (self.list.shift() ?? null)),
      "T Peek()": (self: NetQueue) => (self.list.length === 0 ? empty(name) : (self.list[0] ?? null)),
      "bool Contains(T item)": (self: NetQueue, item: Value) => self.list.some((other) => keyOf(other) === keyOf(item)),
      "void Clear()": (self: NetQueue) => {
        self.list = [];
      },
    },
  };
}

export const dictionaryTypes: readonly TypeDefinition[] = [
  {
    namespace: GENERIC,
    name: "Dictionary<TKey, TValue>",
    kind: "class",
    interfaces: ["IDictionary<TKey, TValue>", "IReadOnlyDictionary<TKey, TValue>"],
    members: {
      ...write,
      "new()": withCall((call) => () => dictionary(call, null)),
      "new(int capacity)": withCall((call) => () => dictionary(call, null)),
      "new(IDictionary<TKey, TValue> dictionary)": withCall(
        (call) => (source: Value) => dictionary(call, notNull(source, "dictionary")),
      ),
      "new(IEqualityComparer<TKey> comparer)": withCall(
        (call) => (comparer: StringComparer | null) => dictionary(call, null, comparer ?? undefined),
      ),
      "new(IDictionary<TKey, TValue> dictionary, IEqualityComparer<TKey> comparer)": withCall(
        (call) => (source: Value, comparer: StringComparer | null) =>
          dictionary(call, notNull(source, "dictionary"), comparer ?? undefined),
      ),
      "int Count": (self: NetDictionary) => self.slots.size,
      "bool TryAdd(TKey key, TValue value)": (self: NetDictionary, key: Value, value: Value) =>
        self.slots.add(notNull(key, "key"), value),
      "bool ContainsValue(TValue value)": (self: NetDictionary, value: Value) =>
        [...self.slots.entries()].some((slot) => keyOf(slot.value) === keyOf(value)),
    },
  },
  {
    namespace: GENERIC,
    name: "IDictionary<TKey, TValue>",
    kind: "interface",
    interfaces: ["ICollection<KeyValuePair<TKey, TValue>>"],
    members: write,
  },
  {
    namespace: GENERIC,
    name: "IReadOnlyDictionary<TKey, TValue>",
    kind: "interface",
    interfaces: ["IReadOnlyCollection<KeyValuePair<TKey, TValue>>"],
    members: read,
  },
  {
    namespace: GENERIC,
    name: "KeyValuePair<TKey, TValue>",
    kind: "struct",
    members: {
      "new(TKey key, TValue value)": withCall((call) => (key: Value, value: Value) => new Pair(call.owner, key, value)),
      "TKey Key": (self: Pair) => self.key,
      "TValue Value": (self: Pair) => self.value,
    },
  },
  { namespace: GENERIC, name: "ISet<T>", kind: "interface", interfaces: ["ICollection<T>"] },
  {
    namespace: GENERIC,
    name: "HashSet<T>",
    kind: "class",
    interfaces: ["ISet<T>", "IReadOnlyCollection<T>"],
    members: setMembers,
  },
  queue("Queue", "Enqueue", "Dequeue", (self, item) => void self.list.push(item)),
  queue("Stack", "Push", "Pop", (self, item) => void self.list.unshift(item)),
];
