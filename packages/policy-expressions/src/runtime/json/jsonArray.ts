import { namedType, type Type } from "../../model/type.ts";
import type { Value } from "../../model/value.ts";
import { raise } from "../exception.ts";
import { JContainerValue, JSON_NAMESPACE, type JTokenValue } from "./token.ts";

/** JArray. */
export class JArrayValue extends JContainerValue {
  private readonly list: JTokenValue[] = [];

  override get type(): Type {
    return namedType(`${JSON_NAMESPACE}.JArray`);
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
