import type { Clock } from "../clock.ts";
import type { CircuitBreakerSettings } from "../config/settings.ts";

const MS_PER_SECOND = 1_000;

/** What became of a call that was let through. Only the first word counts. */
export interface Passage {
  succeeded(): void;
  failed(): void;
  /** It ended for reasons that say nothing of the API. */
  abandoned(): void;
}

export interface CircuitListener {
  /** No call passes for `pauseMs`; then one, to see. */
  opened(failures: number, pauseMs: number): void;
  closed(): void;
}

type State =
  | { readonly kind: "closed"; failures: number }
  | { readonly kind: "open"; readonly sinceMs: number; readonly untilMs: number }
  | { readonly kind: "halfOpen" };

/**
 * Spares an API that fails every time, and its callers the waiting. Closed: all calls pass, failures in a row are
 * counted. Open: none pass. Half open, after the pause: one passes, and decides for all.
 */
export class CircuitBreaker {
  readonly #settings: CircuitBreakerSettings;
  readonly #listener: CircuitListener;
  readonly #now: Clock;
  #state: State = { kind: "closed", failures: 0 };

  constructor(settings: CircuitBreakerSettings, listener: CircuitListener, now: Clock) {
    this.#settings = settings;
    this.#listener = listener;
    this.#now = now;
  }

  /** Lets a call pass, or says for how many whole seconds none will. */
  enter(): Passage | { readonly retryAfter: number } {
    const retryAfter = this.blockedForSeconds();
    if (retryAfter !== undefined) return { retryAfter };
    const state = this.#state;
    if (state.kind === "closed") return this.#passage(state);
    const probing: State = { kind: "halfOpen" };
    this.#state = probing;
    return this.#passage(probing);
  }

  /** For how many whole seconds no call passes; undefined where one may. Changes nothing: a call that only asks is no probe. */
  blockedForSeconds(): number | undefined {
    const state = this.#state;
    if (state.kind === "closed") return undefined;
    // While the one call is out nobody knows when it ends.
    if (state.kind === "halfOpen") return 1;
    const nowMs = this.#now();
    // A time before the opening means that the clock was set back: nobody knows how much of the pause is left.
    if (nowMs >= state.untilMs || nowMs < state.sinceMs) return undefined;
    return Math.ceil((state.untilMs - nowMs) / MS_PER_SECOND);
  }

  /** Its word counts only while the state is still that in which it was let through: an older call knows nothing new. */
  #passage(entered: State): Passage {
    let said = false;
    const say = (word: () => void) => () => {
      if (said || this.#state !== entered) return;
      said = true;
      word();
    };
    return {
      succeeded: say(() => this.#succeeded(entered)),
      failed: say(() => this.#failed(entered)),
      abandoned: say(() => this.#abandoned(entered)),
    };
  }

  #succeeded(entered: State): void {
    if (entered.kind === "closed") entered.failures = 0;
    else {
      this.#state = { kind: "closed", failures: 0 };
      this.#listener.closed();
    }
  }

  #failed(entered: State): void {
    const { failures: most, pauseMs } = this.#settings;
    const failures = entered.kind === "closed" ? ++entered.failures : most;
    if (failures < most) return;
    const sinceMs = this.#now();
    this.#state = { kind: "open", sinceMs, untilMs: sinceMs + pauseMs };
    this.#listener.opened(failures, pauseMs);
  }

  /** The one call found nothing out: the next may try at once. */
  #abandoned(entered: State): void {
    if (entered.kind !== "halfOpen") return;
    const nowMs = this.#now();
    this.#state = { kind: "open", sinceMs: nowMs, untilMs: nowMs };
  }
}
