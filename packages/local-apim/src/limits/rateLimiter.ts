export interface RateLimit {
  readonly key: string;
  readonly calls: number;
  readonly periodMs: number;
}

/** The calls of one key that still count, oldest first. */
interface Counter {
  calls: { readonly atMs: number; readonly count: number }[];
  total: number;
}

/** More keys than this, and those without calls are forgotten. */
const MAX_KEYS = 10_000;

/** Counts calls over a sliding window. A key has one counter, wherever the policy stands. */
export class RateLimiter {
  readonly #counters = new Map<string, Counter>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many calls are left; 0 or less: none. */
  remaining(limit: RateLimit): number {
    return limit.calls - this.#counter(limit).total;
  }

  count(limit: RateLimit, count: number): void {
    if (count === 0) return;
    const counter = this.#counter(limit);
    counter.calls.push({ atMs: this.#now(), count });
    counter.total += count;
  }

  /** Milliseconds until a call is allowed again. */
  retryAfterMs(limit: RateLimit): number {
    const { calls, total } = this.#counter(limit);
    let over = total - limit.calls + 1;
    for (const { atMs, count } of calls) {
      over -= count;
      if (over <= 0) return Math.max(0, atMs + limit.periodMs - this.#now());
    }
    return limit.periodMs;
  }

  #counter({ key, periodMs }: RateLimit): Counter {
    const counter = this.#counters.get(key) ?? { calls: [], total: 0 };
    const sinceMs = this.#now() - periodMs;
    const past = counter.calls.findIndex(({ atMs }) => atMs > sinceMs);
    const gone = counter.calls.splice(0, past < 0 ? counter.calls.length : past);
    for (const { count } of gone) counter.total -= count;
    if (!this.#counters.has(key)) this.#add(key, counter);
    return counter;
  }

  #add(key: string, counter: Counter): void {
    this.#counters.set(key, counter);
    if (this.#counters.size <= MAX_KEYS) return;
    for (const [other, { total }] of this.#counters) if (total === 0 && other !== key) this.#counters.delete(other);
  }
}
