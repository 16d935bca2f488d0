import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { Secret } from "../secret.ts";

/** What must be left of an assertion that is still used: a token request with its retries, and clocks that differ. */
const LEAST_LEFT_MS = 60_000;
/** After a renewal ahead of time that failed: whoever signs is not asked again with each call. */
const PAUSE_MS = 10_000;
/** Token endpoints: one per tenant, where users of several tenants call. */
const MOST_ENDPOINTS = 1_000;

/** A signed client assertion. Times are milliseconds since the epoch. */
export interface Assertion {
  readonly value: Secret;
  readonly madeMs: number;
  /** From then on a newer one is made while this one is still used, so that a moment's trouble goes unnoticed. */
  readonly renewMs: number;
  readonly expiresMs: number;
}

interface Entry {
  current: Assertion | undefined;
  making: Promise<Assertion> | undefined;
  pausedUntilMs: number;
}

/**
 * Client assertions that take a call over the network to make, kept per token endpoint until shortly before they
 * expire. Each is made once for all that ask meanwhile.
 */
export class AssertionCache {
  readonly #make: (tokenEndpoint: string) => Promise<Assertion>;
  readonly #now: Clock;
  readonly #entries = new LRUCache<string, Entry>({ max: MOST_ENDPOINTS });

  constructor(make: (tokenEndpoint: string) => Promise<Assertion>, now: Clock) {
    this.#make = make;
    this.#now = now;
  }

  /** @throws whatever making it throws, while there is none that can still be used. */
  async get(tokenEndpoint: string): Promise<string> {
    const entry = this.#entry(tokenEndpoint);
    const nowMs = this.#now();
    const { current } = entry;
    // One of the future was made before the clock was set back: nobody knows how long it lasts.
    if (current === undefined || current.expiresMs - nowMs < LEAST_LEFT_MS || current.madeMs > nowMs) {
      return (await this.#renew(tokenEndpoint, entry)).value.reveal();
    }
    if (nowMs >= current.renewMs && nowMs >= entry.pausedUntilMs) {
      this.#renew(tokenEndpoint, entry).catch(() => {
        // Nothing is lost yet: this one can be used, and once it cannot, the failure reaches whoever needs another.
        entry.pausedUntilMs = this.#now() + PAUSE_MS;
      });
    }
    return current.value.reveal();
  }

  #entry(tokenEndpoint: string): Entry {
    const found = this.#entries.get(tokenEndpoint);
    if (found !== undefined) return found;
    const entry: Entry = { current: undefined, making: undefined, pausedUntilMs: 0 };
    this.#entries.set(tokenEndpoint, entry);
    return entry;
  }

  #renew(tokenEndpoint: string, entry: Entry): Promise<Assertion> {
    entry.making ??= this.#make(tokenEndpoint)
      .then((made) => {
        entry.current = made;
        return made;
      })
      .finally(() => {
        entry.making = undefined;
      });
    return entry.making;
  }
}
