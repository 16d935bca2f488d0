import type { Exchange } from "../pipeline/exchange.ts";

/** A value of a policy: known since loading, or an expression's, which may have to wait for a body. */
export type Source<T> = (exchange: Exchange) => Promise<T>;

export function constant<T>(value: T): Source<T> {
  const settled = Promise.resolve(value);
  return () => settled;
}

/** The values of several, one after the other. */
export async function allOf<T>(sources: readonly Source<T>[], exchange: Exchange): Promise<T[]> {
  const values: T[] = [];
  for (const source of sources) values.push(await source(exchange));
  return values;
}
