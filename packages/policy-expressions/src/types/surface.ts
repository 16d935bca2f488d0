import type { MultiMap, PolicyContext } from "../context.ts";
import { unsupported } from "../errors.ts";
import { arrayOf, namedType, STRING, type Type } from "../model/type.ts";
import { NetObject, type Value } from "../model/value.ts";
import { NetArray } from "../runtime/collection.ts";
import { NetDictionary } from "../runtime/table.ts";
import { DateTime } from "../runtime/time.ts";
import { StringComparer } from "./comparers.ts";
import { stringArray } from "./support.ts";

export const SURFACE = "PolicyExpressions.Surface";

/** One of the gateway's own objects: an interface of the policy surface over what the gateway holds. */
export class Surface<T> extends NetObject {
  override readonly type: Type;
  readonly data: T;

  constructor(name: string, data: T) {
    super();
    this.type = namedType(`${SURFACE}.${name}`);
    this.data = data;
  }

  override toText(): string {
    return unsupported("the name of a type of the gateway");
  }
}

export type ContextValue = Surface<PolicyContext>;

export function surface<T>(name: string, data: T | null | undefined): Surface<T> | null {
  return data === null || data === undefined ? null : new Surface(name, data);
}

/** Headers or query parameters as the dictionary an expression sees. */
export function multiMap(map: MultiMap): NetDictionary {
  const made = new NetDictionary([STRING, arrayOf(STRING)], new StringComparer(true, true));
  for (const [name, values] of map) made.slots.set(name, stringArray(values));
  return made;
}

export function stringMap(map: ReadonlyMap<string, string>): NetDictionary {
  const made = new NetDictionary([STRING, STRING]);
  for (const [name, value] of map) made.slots.set(name, value);
  return made;
}

export function surfaces<T>(name: string, list: readonly T[]): NetArray {
  return new NetArray(
    namedType(`${SURFACE}.${name}`),
    list.map((data) => new Surface(name, data)),
  );
}

export function dateOf(milliseconds: number | null): Value {
  return milliseconds === null ? null : DateTime.fromMilliseconds(milliseconds, "Utc");
}
