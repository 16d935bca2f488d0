import { type Call, withCall } from "../model/definition.ts";
import type { Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { NetArray, Sequence } from "../runtime/collection.ts";
import { notNull, raise } from "../runtime/exception.ts";
import { typeArgument } from "./support.ts";

/** A lazy sequence whose source is checked at once, as LINQ's methods do. */
export function lazy(element: Type, source: Value, generate: () => Iterable<Value>): Sequence {
  notNull(source, "source");
  return new Sequence(element, generate);
}

export function isEmptyArray(source: Value): boolean {
  return source instanceof NetArray && source.list.length === 0;
}

/** Like `lazy`; of an empty array .NET makes another empty array at once. */
export function lazyUnlessEmpty(element: Type, source: Value, generate: () => Iterable<Value>): Sequence | NetArray {
  return isEmptyArray(source) ? new NetArray(element, []) : lazy(element, source, generate);
}

/** A table entry for a method that gives a sequence of its n-th type argument. */
export function producing<A extends readonly unknown[]>(
  index: number,
  generate: (call: Call, source: Value, ...rest: A) => Iterable<Value>,
) {
  return withCall((call) => (source: Value, ...rest: unknown[]) => {
    for (const argument of rest) if (argument === null) raise("ArgumentNullException");
    // The signature the entry stands under says what the arguments are, as everywhere in these tables.
    return lazyUnlessEmpty(typeArgument(call, index), source, () => generate(call, source, ...(rest as unknown as A)));
  });
}
