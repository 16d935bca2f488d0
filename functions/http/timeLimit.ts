/** Work that a limit runs for. */
export interface RunningLimit {
  /** By `performance.now()`. */
  readonly dueMs: number;
  readonly over: () => void;
}

/**
 * Time limits of one length, all on one timer: what began first is over first, so only the oldest is waited for. A timer of
 * its own would be a good part of what a short call costs.
 */
export class TimeLimit {
  readonly limitMs: number;
  /** In the order in which they began. */
  readonly #running = new Set<RunningLimit>();
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number) {
    this.limitMs = limitMs;
  }

  /** @param over called once, unless the work is done before; must not throw */
  start(over: () => void): RunningLimit {
    const running = { dueMs: performance.now() + this.limitMs, over };
    this.#running.add(running);
    if (this.#timer === undefined) this.#wait(this.limitMs);
    return running;
  }

  done(running: RunningLimit): void {
    this.#running.delete(running);
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    // The work itself keeps the process alive, while there is some.
    this.#timer = setTimeout(this.#due, ms).unref();
  }

  readonly #due = (): void => {
    this.#timer = undefined;
    const nowMs = performance.now();
    for (const running of this.#running) {
      if (running.dueMs > nowMs) {
        this.#wait(running.dueMs - nowMs);
        return;
      }
      this.#running.delete(running);
      running.over();
    }
  };
}
