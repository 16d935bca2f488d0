export interface Quota {
  readonly key: string;
  readonly calls: number;
  /** 0: never renewed. */
  readonly periodMs: number;
  /** Where the periods are counted from, in milliseconds since the epoch. */
  readonly firstPeriodStartMs: number;
}

/** Counts calls in fixed periods. */
export class Quotas {
  readonly #used = new Map<string, { readonly period: number; readonly count: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  isExhausted(quota: Quota): boolean {
    return this.#count(quota) >= quota.calls;
  }

  count(quota: Quota, count: number): void {
    this.#used.set(quota.key, { period: this.#period(quota), count: this.#count(quota) + count });
  }

  /** Milliseconds until the next period; undefined when there is none. */
  renewedInMs(quota: Quota): number | undefined {
    if (quota.periodMs === 0) return undefined;
    return quota.firstPeriodStartMs + (this.#period(quota) + 1) * quota.periodMs - this.#now();
  }

  #count(quota: Quota): number {
    const used = this.#used.get(quota.key);
    return used?.period === this.#period(quota) ? used.count : 0;
  }

  #period({ periodMs, firstPeriodStartMs }: Quota): number {
    return periodMs === 0 ? 0 : Math.floor((this.#now() - firstPeriodStartMs) / periodMs);
  }
}
