import type { Clock } from "../clock.ts";

/** A time in which something is left alone. */
export class Pause {
  readonly #now: Clock;
  #sinceMs = 0;
  #untilMs = 0;

  constructor(now: Clock) {
    this.#now = now;
  }

  start(ms: number): void {
    this.#sinceMs = this.#now();
    this.#untilMs = this.#sinceMs + ms;
  }

  end(): void {
    this.#untilMs = this.#sinceMs;
  }

  get holds(): boolean {
    return this.remainingMs > 0;
  }

  /** A clock that was set back ends it: then nobody knows how much of it is left. */
  get remainingMs(): number {
    const nowMs = this.#now();
    return nowMs < this.#sinceMs ? 0 : Math.max(this.#untilMs - nowMs, 0);
  }
}
