import type { CredentialSlot } from "./credentialSlot.ts";

/** After a poll that failed, and where the credential ends within minutes. */
const SOONEST_POLL_MS = 60_000;
/** Where a credential ends, this many polls are left until then. */
const POLLS_BEFORE_EXPIRY = 24;
/** Instances that started together do not ask the vault together. */
const JITTER = 0.1;
/** Node takes a longer delay for one of a millisecond. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Calls once, later, unless the returned function is called. Tests bring their own. */
export type Schedule = (ms: number, work: () => void) => () => void;

export interface CredentialPollerOptions {
  readonly pollMs: number;
  readonly schedule: Schedule | undefined;
  /** From 0 to 1. */
  readonly random: (() => number) | undefined;
  readonly now: () => number;
  /** Does the poll of one slot; does not reject. */
  readonly poll: (slot: CredentialSlot) => Promise<void>;
}

/** Looks for newer versions in the background: no call ever waits for it. */
export class CredentialPoller {
  readonly #options: CredentialPollerOptions;
  readonly #waiting = new Map<CredentialSlot, () => void>();

  constructor(options: CredentialPollerOptions) {
    this.#options = options;
  }

  /** Begins with a slot that was asked for its credential; does nothing for one that it has begun with. */
  watch(slot: CredentialSlot): void {
    if (!this.#waiting.has(slot)) this.#later(slot);
  }

  stop(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  #later(slot: CredentialSlot): void {
    const { schedule = unreferencedTimeout } = this.#options;
    const cancel = schedule(this.#delayMs(slot), () => {
      void this.#options.poll(slot).then(() => {
        if (this.#waiting.get(slot) === cancel) this.#later(slot);
      });
    });
    this.#waiting.set(slot, cancel);
  }

  #delayMs({ failure, versions }: CredentialSlot): number {
    const { pollMs, random = Math.random, now } = this.#options;
    const expiresOnMs = versions[0]?.credential.expiresOnMs;
    const sooner =
      failure !== undefined
        ? SOONEST_POLL_MS
        : expiresOnMs === undefined
          ? pollMs
          : Math.max((expiresOnMs - now()) / POLLS_BEFORE_EXPIRY, SOONEST_POLL_MS);
    const jitter = 1 - JITTER + 2 * JITTER * random();
    return Math.min(Math.round(Math.min(pollMs, sooner) * jitter), LONGEST_TIMER_MS);
  }
}

const unreferencedTimeout: Schedule = (ms, work) => {
  const timer = setTimeout(work, ms).unref();
  return () => clearTimeout(timer);
};
