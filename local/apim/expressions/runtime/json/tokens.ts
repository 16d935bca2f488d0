import { unsupported } from "../../errors.ts";
import { namedType, type Type } from "../../model/type.ts";
import { type EqualityKey, NetObject, type Value } from "../../model/value.ts";
import { keyOf } from "../equality.ts";
import { raise } from "../exception.ts";
import { Pair } from "../table.ts";
import { formatValue, textOf } from "../text.ts";
import { writeJson } from "./writer.ts";

const NAMESPACE = "Newtonsoft.Json.Linq";
export const JTOKEN = namedType(`${NAMESPACE}.JToken`);

/** JToken: a node of a JSON tree that knows its parent. */
export abstract class JTokenValue extends NetObject {
  parent: JContainerValue | null = null;

  abstract clone(): JTokenValue;
  abstract deepEquals(other: JTokenValue): boolean;

  get root(): JTokenValue {
    return this.parent === null ? this : this.parent.root;
  }

  /** The nodes right below. */
  get children(): readonly JTokenValue[] {
    return [];
  }

  override items(): Iterable<Value> {
    return this.children;
  }
}

export abstract class JContainerValue extends JTokenValue {
  abstract override get children(): readonly JTokenValue[];
  /** Puts a token in the place of a child. */
  abstract replaceChild(child: JTokenValue, by: JTokenValue): void;
  abstract removeChild(child: JTokenValue): void;

  /** A token that belongs elsewhere is copied, as Newtonsoft does. */
  protected adopt(token: JTokenValue): JTokenValue {
    if (token.type.name === `${NAMESPACE}.JProperty` && !this.type.name.endsWith("JObject")) {
      raise("ArgumentException", `Can not add ${token.type.key} to ${this.type.key}.`);
    }
    const own = token.parent !== null || token === this.root ? token.clone() : token;
    own.parent = this;
    return own;
  }

  override toText(): string {
    return writeJson(this, true);
  }
}

/** JValue: a .NET value in the tree. */
export class JValueValue extends JTokenValue {
  value: Value;
  /** undefined is told from null. */
  readonly isUndefined: boolean;

  constructor(value: Value, isUndefined = false) {
    super();
    this.value = value;
    this.isUndefined = isUndefined;
  }

  override get type(): Type {
    return namedType(`${NAMESPACE}.JValue`);
  }

  clone(): JTokenValue {
    return new JValueValue(this.value, this.isUndefined);
  }

  deepEquals(other: JTokenValue): boolean {
    return other instanceof JValueValue && keyOf(comparable(this.value)) === keyOf(comparable(other.value));
  }

  override toText(): string {
    return textOf(this.value);
  }

  override format(format: string | null): string {
    return formatValue(this.value, format);
  }

  override compareTo(other: NetObject): number | undefined {
    const order = other instanceof JValueValue ? orderOf(this.value, other.value) : undefined;
    return order ?? unsupported("comparing JSON values of different kinds");
  }

  override equalityKey(): EqualityKey {
    const key = keyOf(comparable(this.value));
    return typeof key === "string" ? `jvalue:${key}` : this;
  }
}

// Numbers by size, text by ordinal order (JValue.Compare); other kinds are not ordered here.
function orderOf(a: Value, b: Value): number | undefined {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  const [x, y] = [comparable(a), comparable(b)];
  if (typeof x === "string" && typeof y === "string") return x < y ? -1 : Number(x > y);
  if (typeof x === "bigint" && typeof y === "bigint") return x < y ? -1 : Number(x > y);
  return x instanceof NetObject && y instanceof NetObject ? x.compareTo(y) : undefined;
}

// Integers compare by number, whatever their width.
function comparable(value: Value): Value {
  return typeof value === "number" ? BigInt(value) : value;
}

export class JPropertyValue extends JContainerValue {
  readonly name: string;
  private current: JTokenValue;

  constructor(name: string, value: JTokenValue) {
    super();
    this.name = name;
    this.current = this.adopt(value);
  }

  get value(): JTokenValue {
    return this.current;
  }

  set value(token: JTokenValue) {
    this.current.parent = null;
    this.current = this.adopt(token);
  }

  override get type(): Type {
    return namedType(`${NAMESPACE}.JProperty`);
  }

  get children(): readonly JTokenValue[] {
    return [this.current];
  }

  replaceChild(_child: JTokenValue, by: JTokenValue): void {
    this.value = by;
  }

  removeChild(_child: JTokenValue): void {
    raise("JsonException", "Cannot add or remove items from Newtonsoft.Json.Linq.JProperty.");
  }

  clone(): JTokenValue {
    return new JPropertyValue(this.name, this.current.clone());
  }

  deepEquals(other: JTokenValue): boolean {
    return other instanceof JPropertyValue && other.name === this.name && this.current.deepEquals(other.current);
  }
}

export class JObjectValue extends JContainerValue {
  private readonly properties = new Map<string, JPropertyValue>();

  override get type(): Type {
    return namedType(`${NAMESPACE}.JObject`);
  }

  get children(): readonly JPropertyValue[] {
    return [...this.properties.values()];
  }

  get(name: string): JTokenValue | null {
    return this.properties.get(name)?.value ?? null;
  }

  property(name: string): JPropertyValue | null {
    return this.properties.get(name) ?? null;
  }

  /** obj[name] = value: replaces in place, or appends. */
  set(name: string, value: JTokenValue): void {
    const known = this.properties.get(name);
    if (known !== undefined) known.value = value;
    else this.add(new JPropertyValue(name, value));
  }

  /** Adds a property; ArgumentException when the name is taken. */
  add(property: JPropertyValue): void {
    const own = this.adopt(property) as JPropertyValue;
    if (this.properties.has(own.name)) {
      raise(
        "ArgumentException",
        `Can not add property ${own.name} to Newtonsoft.Json.Linq.JObject. Property with the same name already exists on object.`,
      );
    }
    this.properties.set(own.name, own);
  }

  addFirst(property: JPropertyValue): void {
    const rest = [...this.properties.values()];
    this.add(property);
    const added = this.properties.get(property.name);
    this.properties.clear();
    for (const one of added === undefined ? rest : [added, ...rest]) this.properties.set(one.name, one);
  }

  remove(name: string): boolean {
    const known = this.properties.get(name);
    if (known !== undefined) known.parent = null;
    return this.properties.delete(name);
  }

  clear(): void {
    for (const name of [...this.properties.keys()]) this.remove(name);
  }

  replaceChild(child: JTokenValue, by: JTokenValue): void {
    if (!(by instanceof JPropertyValue) || !(child instanceof JPropertyValue)) raise("ArgumentException");
    else {
      const all = [...this.properties.values()];
      this.clear();
      for (const one of all) this.add(one === child ? by : one);
    }
  }

  removeChild(child: JTokenValue): void {
    if (child instanceof JPropertyValue) this.remove(child.name);
  }

  /** What foreach over a JObject gives. */
  *pairs(): Iterable<Pair> {
    for (const { name, value } of this.children) yield new Pair([namedType("System.String"), JTOKEN], name, value);
  }

  clone(): JTokenValue {
    const copy = new JObjectValue();
    for (const child of this.children) copy.add(child.clone() as JPropertyValue);
    return copy;
  }

  deepEquals(other: JTokenValue): boolean {
    if (!(other instanceof JObjectValue) || other.properties.size !== this.properties.size) return false;
    return this.children.every(({ name, value }) => {
      const against = other.get(name);
      return against !== null && value.deepEquals(against);
    });
  }
}

export class JArrayValue extends JContainerValue {
  private readonly list: JTokenValue[] = [];

  override get type(): Type {
    return namedType(`${NAMESPACE}.JArray`);
  }

  get children(): readonly JTokenValue[] {
    return this.list;
  }

  override items(): Iterable<Value> {
    return [...this.list];
  }

  add(token: JTokenValue): void {
    this.insert(this.list.length, token);
  }

  insert(at: number, token: JTokenValue): void {
    if (at < 0 || at > this.list.length)
      raise("ArgumentOutOfRangeException", "Index must be within the bounds of the List. (Parameter 'index')");
    this.list.splice(at, 0, this.adopt(token));
  }

  set(at: number, token: JTokenValue): void {
    const known = this.list[at];
    if (known === undefined)
      raise("ArgumentOutOfRangeException", "Index is equal to or greater than Count. (Parameter 'index')");
    else {
      known.parent = null;
      this.list[at] = this.adopt(token);
    }
  }

  removeAt(at: number): void {
    const known = this.list[at];
    if (known === undefined)
      raise("ArgumentOutOfRangeException", "Index is equal to or greater than Count. (Parameter 'index')");
    else {
      known.parent = null;
      this.list.splice(at, 1);
    }
  }

  clear(): void {
    for (const token of this.list) token.parent = null;
    this.list.length = 0;
  }

  replaceChild(child: JTokenValue, by: JTokenValue): void {
    this.set(this.list.indexOf(child), by);
  }

  removeChild(child: JTokenValue): void {
    this.removeAt(this.list.indexOf(child));
  }

  clone(): JTokenValue {
    const copy = new JArrayValue();
    for (const child of this.list) copy.add(child.clone());
    return copy;
  }

  deepEquals(other: JTokenValue): boolean {
    if (!(other instanceof JArrayValue) || other.list.length !== this.list.length) return false;
    return this.list.every((token, i) => {
      const against = other.list[i];
      return against !== undefined && token.deepEquals(against);
    });
  }
}
