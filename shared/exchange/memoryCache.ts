import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { AccessToken } from "./accessToken.ts";
import type { Lifetime } from "./lifetime.ts";

/** What one entry costs beside its token: key, objects, and its place in the index (bench/memory measures it). */
const ENTRY_OVERHEAD_BYTES = 600;

export interface CachedToken extends Lifetime {
  readonly token: AccessToken;
}

export interface MemoryCacheOptions {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly now: Clock;
}

/** Level 1: tokens in this process, the least recently used leaving first. A look-up costs the same for any number. */
export class MemoryCache {
  readonly #entries: LRUCache<string, CachedToken>;
  readonly #now: Clock;

  constructor({ maxEntries, maxBytes, now }: MemoryCacheOptions) {
    this.#now = now;
    this.#entries = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      sizeCalculation: ({ token }) => ENTRY_OVERHEAD_BYTES + token.token.reveal().length,
    });
  }

  /** Undefined also for one that may no longer be used: expiry is checked at every look-up, by our own clock. */
  get(key: string): CachedToken | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#now() < entry.usableUntilMs) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, entry: CachedToken): void {
    if (this.#now() < entry.usableUntilMs) this.#entries.set(key, entry);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  get entries(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }
}
