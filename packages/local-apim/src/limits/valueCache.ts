import type { PolicyValue } from "../policyValue.ts";

const MAX_ENTRIES = 10_000;

/** The cache of cache-store-value. What is in it may go at any time; here it goes when it has expired, or is the oldest of too many. */
export class ValueCache {
  readonly #entries = new Map<string, { readonly value: PolicyValue; readonly expiresMs: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(key: string): { readonly value: PolicyValue } | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.expiresMs > this.#now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: PolicyValue, durationMs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresMs: this.#now() + durationMs });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES) break;
      this.#entries.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
