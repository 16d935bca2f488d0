import { unsupported } from "../errors.ts";
import { arrayOf, enumerableOf, namedType, type Type } from "../model/type.ts";
import { NetObject, type Value } from "../model/value.ts";
import { argumentNull, raise } from "./exception.ts";
import { Char } from "./number.ts";

const MODIFIED = "Collection was modified; enumeration operation may not execute.";

/** T[]. */
export class NetArray extends NetObject {
  override readonly type: Type;
  readonly list: Value[];

  constructor(element: Type, list: Value[]) {
    super();
    this.type = arrayOf(element);
    this.list = list;
  }

  get element(): Type {
    return this.type.args[0] ?? unsupported("an array without an element type");
  }

  override items(): Iterable<Value> {
    return this.list;
  }
}

/** List<T>. Changing it while it is enumerated fails as in .NET. */
export class NetList extends NetObject {
  override readonly type: Type;
  list: Value[];
  version = 0;

  constructor(element: Type, list: Value[]) {
    super();
    this.type = namedType("System.Collections.Generic.List`1", [element]);
    this.list = list;
  }

  get element(): Type {
    return this.type.args[0] ?? unsupported("a list without an element type");
  }

  change(list: Value[]): void {
    this.list = list;
    this.version++;
  }

  override *items(): Iterable<Value> {
    const { version } = this;
    for (let i = 0; i < this.list.length; i++) {
      yield this.list[i] ?? null;
      if (this.version !== version) raise("InvalidOperationException", MODIFIED);
    }
    if (this.version !== version) raise("InvalidOperationException", MODIFIED);
  }
}

/** A lazy IEnumerable<T>, which runs anew each time it is read. */
export class Sequence extends NetObject {
  override readonly type: Type;
  private readonly generate: () => Iterable<Value>;

  constructor(element: Type, generate: () => Iterable<Value>) {
    super();
    this.type = enumerableOf(element);
    this.generate = generate;
  }

  override toText(): string {
    return unsupported("the name of a compiler-made sequence type");
  }

  override items(): Iterable<Value> {
    return this.generate();
  }
}

/** Queue<T> and Stack<T>: `list` in the order of enumeration. */
export class NetQueue extends NetObject {
  override readonly type: Type;
  list: Value[];

  constructor(type: Type, list: Value[]) {
    super();
    this.type = type;
    this.list = list;
  }

  override items(): Iterable<Value> {
    return this.list;
  }
}

/** The items of an IEnumerable, strings included; ArgumentNullException for null. */
export function iterate(source: Value, parameter = "source"): Iterable<Value> {
  if (source === null) return argumentNull(parameter);
  if (typeof source === "string") return characters(source);
  const items = source instanceof NetObject ? source.items() : undefined;
  return items ?? unsupported("enumerating this value");
}

function* characters(text: string): Iterable<Value> {
  for (let i = 0; i < text.length; i++) yield new Char(text.charCodeAt(i));
}

export function toArray(source: Value, parameter = "source"): Value[] {
  return [...iterate(source, parameter)];
}
