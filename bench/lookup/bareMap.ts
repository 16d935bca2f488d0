import { hash } from "node:crypto";

const MICROS_PER_MS = 1_000;
const BATCH = 64;

/** What the language's own Map takes for as many keys: the part of a look-up that the machine's memory decides. */
export class BareMap {
  readonly #map: Map<string, object>;

  constructor(keys: number) {
    this.#map = new Map(Array.from({ length: keys }, (_, number) => [keyOf(number), { number }]));
  }

  /** Microseconds per look-up of a key that has just been made, as a call's is. */
  timePerLookup(lookups: number): number {
    let totalMs = 0;
    for (let done = 0; done < lookups; done += BATCH) {
      const keys = Array.from({ length: Math.min(BATCH, lookups - done) }, () => this.#someKey());
      const startedMs = performance.now();
      for (const key of keys) if (this.#map.get(key) === undefined) throw new Error("A key was not found.");
      totalMs += performance.now() - startedMs;
    }
    return (totalMs * MICROS_PER_MS) / lookups;
  }

  #someKey(): string {
    return keyOf(Math.floor(Math.random() * this.#map.size));
  }
}

/** Of the same form as the cache's keys. */
function keyOf(number: number): string {
  return hash("sha256", String(number), "base64url");
}
