import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { AccessToken } from "./accessToken.ts";
import type { Lifetime } from "./lifetime.ts";

/** What one entry costs beside its token: key, objects, and its place in the index (bench/memory measures it). */
const ENTRY_OVERHEAD_BYTES = 600;

export interface CachedToken extends Lifetime {
  readonly token: AccessToken;
}

interface Entry {
  readonly cached: CachedToken;
  readonly sinceMs: number;
}

export interface MemoryCacheOptions {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly now: Clock;
}

/** Level 1: tokens in this process, the least recently used leaving first. A look-up costs the same for any number. */
export class MemoryCache {
  readonly #entries: LRUCache<string, Entry>;
  readonly #maxEntries: number;
  readonly #now: Clock;

  constructor({ maxEntries, maxBytes, now }: MemoryCacheOptions) {
    this.#maxEntries = maxEntries;
    this.#now = now;
    this.#entries = new LRUCache({
      // Not `max`: that takes memory for so many entries, and ten milliseconds, before there is the first.
      maxSize: maxBytes,
      sizeCalculation: ({ cached }) =>
        ENTRY_OVERHEAD_BYTES + cached.token.token.reveal().length + (cached.token.claims?.length ?? 0),
    });
  }

  /** Undefined also for one that may no longer be used: expiry is checked at every look-up, by our own clock. */
  get(key: string): CachedToken | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const nowMs = this.#now();
    // Before it was put here: the clock was set back, and what it said about the end is worth nothing.
    if (nowMs < entry.cached.usableUntilMs && nowMs >= entry.sinceMs) return entry.cached;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, cached: CachedToken): void {
    const sinceMs = this.#now();
    if (sinceMs >= cached.usableUntilMs) return;
    this.#entries.set(key, { cached, sinceMs });
    if (this.#entries.size > this.#maxEntries) this.#entries.pop();
  }

  /** Puts an entry in the place of another, if that one is still there. */
  replace(key: string, expected: CachedToken, cached: CachedToken): void {
    if (this.#entries.peek(key)?.cached === expected) this.set(key, cached);
  }

  /** Forgets a token, if the key still holds that one and not a newer. */
  deleteToken(key: string, token: AccessToken): void {
    if (this.#entries.peek(key)?.cached.token.token.equals(token.token)) this.#entries.delete(key);
  }

  get entries(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }
}
