import { hash } from "node:crypto";
import { microsecondsEach } from "./timePerLookup.ts";

/** What the language's own Map takes for as many keys: the part of a look-up that the machine's memory decides. */
export class BareMap {
  readonly #map: Map<string, object>;

  constructor(keys: number) {
    this.#map = new Map(Array.from({ length: keys }, (_, number) => [keyOf(number), { number }]));
  }

  /** Microseconds per look-up of a key that has just been made, as a call's is. */
  timePerLookup(lookups: number): Promise<number> {
    return microsecondsEach(
      lookups,
      () => this.#someKey(),
      (keys) => {
        for (const key of keys) if (this.#map.get(key) === undefined) throw new Error("A key was not found.");
      },
    );
  }

  #someKey(): string {
    return keyOf(Math.floor(Math.random() * this.#map.size));
  }
}

/** Of the same form as the cache's keys. */
function keyOf(number: number): string {
  return hash("sha256", String(number), "base64url");
}
