import type { ApiUnderSoak } from "../apis.ts";
import type { Person } from "../people.ts";
import type { Session } from "../session.ts";

/** Something that callers do. */
export interface CallKind {
  /** How often, against the others. */
  readonly weight: number;
  run(session: Session): Promise<void>;
}

/** Calls are skewed: few people make most of them, as in life. Half of what they need is in the cache then. */
const SKEW = 3;

export interface Caller {
  readonly person: Person;
  readonly api: ApiUnderSoak;
  readonly headers: Readonly<Record<string, string>>;
}

/** Somebody with one of their tokens, and an API. */
export function someCaller({ random, people, apis }: Session): Caller {
  const person = pick(people.crowd, random() ** SKEW);
  return callerOf(person, pick(apis, random()), random());
}

export function callerOf(person: Person, api: ApiUnderSoak, at = 0): Caller {
  return { person, api, headers: { authorization: `Bearer ${pick(person.tokens, at)}` } };
}

/** @param at from 0 up to, not including, 1 */
export function pick<T>(items: readonly T[], at: number): T {
  const item = items[Math.floor(at * items.length)];
  if (item === undefined) throw new Error(`There is nothing at ${at} of ${items.length}.`);
  return item;
}

export function pathTo(api: ApiUnderSoak, rest: string): string {
  return `/downstream/${api.name}${rest}`;
}
