import { namedType, STRING, type Type } from "../../model/type.ts";
import { raise } from "../exception.ts";
import { Pair } from "../table.ts";
import { JContainerValue, JSON_NAMESPACE, JTOKEN, type JTokenValue } from "./token.ts";

/** JProperty: one name of an object, and its value. */
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
    return namedType(`${JSON_NAMESPACE}.JProperty`);
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

/** JObject: properties in the order they came. */
export class JObjectValue extends JContainerValue {
  private readonly properties = new Map<string, JPropertyValue>();

  override get type(): Type {
    return namedType(`${JSON_NAMESPACE}.JObject`);
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
    for (const { name, value } of this.children) yield new Pair([STRING, JTOKEN], name, value);
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
