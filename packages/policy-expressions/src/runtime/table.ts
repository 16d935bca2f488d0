import { namedType, type Type } from "../model/type.ts";
import { type EqualityKey, NetObject, type Value } from "../model/value.ts";
import { keyOf } from "./equality.ts";
import { raise } from "./exception.ts";
import { textOf } from "./text.ts";

/** How a table tells keys apart; undefined: EqualityComparer<T>.Default. */
export interface KeyComparer {
  keyOf(value: Value): EqualityKey;
}

/**
 * The slots behind Dictionary and HashSet. Enumeration follows slots, and a removed slot is filled again first, last
 * removed first filled: the order .NET shows.
 */
export class Slots {
  private readonly slots: ({ readonly key: Value; value: Value } | undefined)[] = [];
  private readonly index = new Map<EqualityKey, number>();
  private readonly free: number[] = [];
  private readonly comparer: KeyComparer;
  private version = 0;

  constructor(comparer: KeyComparer | undefined) {
    this.comparer = comparer ?? { keyOf };
  }

  get size(): number {
    return this.index.size;
  }

  get(key: Value): { readonly key: Value; value: Value } | undefined {
    const at = this.index.get(this.comparer.keyOf(key));
    return at === undefined ? undefined : this.slots[at];
  }

  /** Adds a new key; false when it is there. */
  add(key: Value, value: Value): boolean {
    const id = this.comparer.keyOf(key);
    if (this.index.has(id)) return false;
    const at = this.free.pop() ?? this.slots.length;
    this.slots[at] = { key, value };
    this.index.set(id, at);
    this.version++;
    return true;
  }

  set(key: Value, value: Value): void {
    const slot = this.get(key);
    if (slot === undefined) this.add(key, value);
    else slot.value = value;
  }

  remove(key: Value): boolean {
    const id = this.comparer.keyOf(key);
    const at = this.index.get(id);
    if (at === undefined) return false;
    this.index.delete(id);
    this.slots[at] = undefined;
    this.free.push(at);
    return true;
  }

  clear(): void {
    this.slots.length = 0;
    this.free.length = 0;
    this.index.clear();
    this.version++;
  }

  *entries(): Iterable<{ readonly key: Value; readonly value: Value }> {
    const { version } = this;
    for (const slot of this.slots) {
      if (slot !== undefined) yield slot;
      if (this.version !== version)
        raise("InvalidOperationException", "Collection was modified; enumeration operation may not execute.");
    }
  }
}

/** KeyValuePair<TKey, TValue>. */
export class Pair extends NetObject {
  override readonly type: Type;
  readonly key: Value;
  readonly value: Value;

  constructor(types: readonly Type[], key: Value, value: Value) {
    super();
    this.type = namedType("System.Collections.Generic.KeyValuePair`2", types);
    this.key = key;
    this.value = value;
  }

  override toText(): string {
    return `[${textOf(this.key)}, ${textOf(this.value)}]`;
  }

  override equalityKey(): EqualityKey {
    return compositeKey(this.type.key, [this.key, this.value]) ?? this;
  }
}

/** Dictionary<TKey, TValue>. */
export class NetDictionary extends NetObject {
  override readonly type: Type;
  readonly slots: Slots;

  constructor(types: readonly Type[], comparer?: KeyComparer) {
    super();
    this.type = namedType("System.Collections.Generic.Dictionary`2", types);
    this.slots = new Slots(comparer);
  }

  override *items(): Iterable<Value> {
    for (const { key, value } of this.slots.entries()) yield new Pair(this.type.args, key, value);
  }
}

/** HashSet<T>. */
export class NetSet extends NetObject {
  override readonly type: Type;
  readonly slots: Slots;

  constructor(element: Type, comparer?: KeyComparer) {
    super();
    this.type = namedType("System.Collections.Generic.HashSet`1", [element]);
    this.slots = new Slots(comparer);
  }

  override *items(): Iterable<Value> {
    for (const { key } of this.slots.entries()) yield key;
  }
}

/** One text for several parts that are equal part by part. */
export function compositeKey(name: string, parts: readonly Value[]): string {
  const texts = parts.map((part) => {
    const key = keyOf(part);
    const text = typeof key === "string" ? key : `#${key.identity}`;
    return `${text.length}:${text}`;
  });
  return `${name}(${texts.join(",")})`;
}
