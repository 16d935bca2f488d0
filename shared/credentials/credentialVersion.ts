import type { Clock } from "../clock.ts";
import type { ClientCredential } from "./clientCredential.ts";
import { Pause } from "./pause.ts";

/** What is known of a version: nothing yet, that Entra ID took it, or why it could not be used. */
export type Verdict = "untried" | "accepted" | "rejected" | "unavailable";

/** One version of a credential, and what its use has shown so far. */
export class CredentialVersion {
  readonly credential: ClientCredential;
  readonly #now: Clock;
  readonly #pause: Pause;
  #verdict: Verdict = "untried";
  #reason = "";
  #acceptances = 0;
  #acceptedFirstMs = 0;
  /** One call at a time finds out whether it works, while others use what is known to. */
  underTrial = false;

  constructor(credential: ClientCredential, now: Clock) {
    this.credential = credential;
    this.#now = now;
    this.#pause = new Pause(now);
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  /** Why it is rejected or unavailable. */
  get reason(): string {
    return this.#expiredSince() ?? this.#reason;
  }

  /** Entra ID refuses an expired certificate for sure: no request is spent on it. */
  get expired(): boolean {
    const { expiresOnMs } = this.credential;
    return expiresOnMs !== undefined && expiresOnMs <= this.#now();
  }

  get works(): boolean {
    return this.#verdict === "accepted" && !this.expired;
  }

  /** Whether it may be tried, now that its pause (if it had one) is over. */
  get due(): boolean {
    return this.#verdict !== "accepted" && !this.expired && !this.#pause.holds;
  }

  get untried(): boolean {
    return this.#verdict === "untried" && !this.expired;
  }

  /** How often it was accepted: whoever sees the number grow knows of a success since. */
  get acceptances(): number {
    return this.#acceptances;
  }

  /** For how long it has been known to work. */
  get acceptedForMs(): number {
    return this.#acceptances === 0 ? 0 : this.#now() - this.#acceptedFirstMs;
  }

  accept(): void {
    if (this.#acceptances === 0) this.#acceptedFirstMs = this.#now();
    this.#acceptances += 1;
    this.#verdict = "accepted";
    this.#pause.end();
  }

  /** @returns whether that is news: the pause counts from the first of many calls that met it at the same time. */
  refuse(verdict: "rejected" | "unavailable", reason: string, pauseMs: number): boolean {
    const known = this.#verdict === verdict && this.#pause.holds;
    this.#verdict = verdict;
    this.#reason = reason;
    if (!known) this.#pause.start(pauseMs);
    return !known;
  }

  /** What was said against it no longer counts. */
  forgive(): void {
    if (this.#verdict !== "accepted") this.#verdict = "untried";
    this.#pause.end();
  }

  #expiredSince(): string | undefined {
    const { label, expiresOnMs } = this.credential;
    if (expiresOnMs === undefined || !this.expired) return undefined;
    return `${label} expired on ${new Date(expiresOnMs).toISOString()}: create a new version and register it.`;
  }
}
