import type { Clock } from "../clock.ts";
import type { CredentialSlot } from "./credentialSlot.ts";
import { Pause } from "./pause.ts";
import { totalFailure } from "./totalFailure.ts";

/** When nothing works one call tries everything again after this; the others are told of the failure at once. */
const FAILURE_PAUSE_MS = 10_000;
/** For those that come while a call is trying. */
const TRYING_MS = 1_000;

/** The times in which no credential works: who may try everything again, and what all others are told. */
export class TotalOutage {
  readonly #pause: Pause;
  #known = false;
  #probe: PromiseWithResolvers<void> | undefined;

  constructor(now: Clock) {
    this.#pause = new Pause(now);
  }

  /** Whether the latest that is known is that nothing works. */
  get known(): boolean {
    return this.#known;
  }

  /** Whether nobody may try yet. */
  get paused(): boolean {
    return this.#pause.holds;
  }

  /** @returns whether this call is the probe; if not, another call's probe has ended. @throws the failure that still holds */
  async beginProbe(slots: readonly CredentialSlot[]): Promise<boolean> {
    if (this.#pause.holds) throw totalFailure(slots, this.#pause.remainingMs);
    if (this.#probe === undefined) {
      this.#probe = Promise.withResolvers();
      return true;
    }
    if (this.#known) throw totalFailure(slots, TRYING_MS);
    await this.#probe.promise;
    return false;
  }

  endProbe(): void {
    this.#probe?.resolve();
    this.#probe = undefined;
  }

  /** What the probe ends with that met nothing that works. */
  failure(slots: readonly CredentialSlot[]): Error {
    // Not for all, where another call has just found one that works.
    if (!slots.some(({ versions }) => versions.some(({ works }) => works))) {
      this.#known = true;
      this.#pause.start(FAILURE_PAUSE_MS);
    }
    return totalFailure(slots, FAILURE_PAUSE_MS);
  }

  /** A credential was accepted. */
  over(): void {
    this.#known = false;
    this.#pause.end();
  }
}
