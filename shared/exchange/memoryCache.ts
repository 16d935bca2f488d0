import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { AccessToken } from "./accessToken.ts";
import type { Lifetime } from "./lifetime.ts";

/**
 * How long an entry counts as just used. Moving it to the front touches four others, which for many users are in no cache
 * of the processor: so that is done once in a while, not at every look-up.
 */
const JUST_USED_S = 10;
const MS_PER_S = 1_000;
/** What one entry costs beside its token: key, objects, and its place in the index (bench/memory measures it). */
const ENTRY_OVERHEAD_BYTES = 600;

export interface CachedToken extends Lifetime {
  readonly token: AccessToken;
}

/**
 * One object, times and all: with many users each further object is a place in memory that no cache holds. Hence the
 * times in whole seconds (V8 keeps a number below 2^31 in its place, a larger one elsewhere); a token ends no later for it.
 */
class Entry implements CachedToken {
  readonly token: AccessToken;
  readonly usableUntilS: number;
  renewFromS: number;
  /** When it was put here, or last moved to the front. */
  movedS: number;

  constructor({ token, usableUntilMs, renewFromMs }: CachedToken, nowS: number) {
    this.token = token;
    this.usableUntilS = wholeSeconds(usableUntilMs);
    this.renewFromS = wholeSeconds(renewFromMs);
    this.movedS = nowS;
  }

  get usableUntilMs(): number {
    return this.usableUntilS * MS_PER_S;
  }

  get renewFromMs(): number {
    return this.renewFromS * MS_PER_S;
  }
}

export interface MemoryCacheOptions {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly now: Clock;
}

/** Level 1: tokens in this process, the least recently used (to within ten seconds) leaving first. A look-up costs the same for any number. */
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
      sizeCalculation: ({ token }) => ENTRY_OVERHEAD_BYTES + token.token.reveal().length + (token.claims?.length ?? 0),
    });
  }

  /** Undefined also for one that may no longer be used: expiry is checked at every look-up, by our own clock. */
  get(key: string): CachedToken | undefined {
    const entry = this.#entries.peek(key);
    if (entry === undefined) return undefined;
    const nowS = wholeSeconds(this.#now());
    // Before a time that was: the clock was set back, and what it said about the end is worth nothing.
    if (nowS >= entry.usableUntilS || nowS < entry.movedS) {
      this.#entries.delete(key);
      return undefined;
    }
    if (nowS - entry.movedS >= JUST_USED_S) {
      this.#entries.get(key);
      entry.movedS = nowS;
    }
    return entry;
  }

  set(key: string, cached: CachedToken): void {
    const entry = new Entry(cached, wholeSeconds(this.#now()));
    if (entry.movedS >= entry.usableUntilS) return;
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#maxEntries) this.#entries.pop();
  }

  /** Puts off the renewal of an entry, if the one that `get` gave is still there. */
  renewFrom(key: string, expected: CachedToken, renewFromMs: number): void {
    const entry = this.#entries.peek(key);
    if (entry === expected && entry !== undefined) entry.renewFromS = wholeSeconds(renewFromMs);
  }

  /** Forgets a token, if the key still holds that one and not a newer. */
  deleteToken(key: string, token: AccessToken): void {
    if (this.#entries.peek(key)?.token.token.equals(token.token)) this.#entries.delete(key);
  }

  get entries(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / MS_PER_S);
}
