/** Why a call to a downstream API was given up. */
export type GivenUp = "caller gone" | "total timeout";

/** Ends one call: when the caller hangs up, or when its whole time is over. Cleared when the call is done. */
export class CallDeadline {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  #reason: GivenUp | undefined;

  constructor(caller: AbortSignal, totalMs: number) {
    this.#caller = caller;
    this.#timer = setTimeout(() => this.#giveUp("total timeout"), totalMs);
    if (caller.aborted) this.#giveUp("caller gone");
    else caller.addEventListener("abort", this.#callerGone, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Undefined while nobody gave up. */
  get reason(): GivenUp | undefined {
    return this.#reason;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener("abort", this.#callerGone);
  }

  readonly #callerGone = (): void => this.#giveUp("caller gone");

  #giveUp(reason: GivenUp): void {
    this.#reason ??= reason;
    this.clear();
    this.#controller.abort();
  }
}
