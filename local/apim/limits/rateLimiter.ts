export interface RateLimit {
  readonly key: string;
  readonly calls: number;
  readonly periodMs: number;
}

/** Counts calls over a sliding window. A key has one counter, wherever the policy stands. */
export class RateLimiter {
  readonly #calls = new Map<string, { readonly atMs: number; readonly count: number }[]>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many calls are left; 0 or less: none. */
  remaining(limit: RateLimit): number {
    return limit.calls - this.#recent(limit).reduce((sum, { count }) => sum + count, 0);
  }

  count(limit: RateLimit, count: number): void {
    const recent = this.#recent(limit);
    if (count > 0) recent.push({ atMs: this.#now(), count });
  }

  /** Milliseconds until a call is allowed again. */
  retryAfterMs(limit: RateLimit): number {
    const recent = this.#recent(limit);
    let over = 1 - this.remaining(limit);
    for (const { atMs, count } of recent) {
      over -= count;
      if (over <= 0) return Math.max(0, atMs + limit.periodMs - this.#now());
    }
    return limit.periodMs;
  }

  #recent({ key, periodMs }: RateLimit): { readonly atMs: number; readonly count: number }[] {
    const all = this.#calls.get(key) ?? [];
    const recent = all.filter(({ atMs }) => atMs + periodMs > this.#now());
    this.#calls.set(key, recent);
    return recent;
  }
}
