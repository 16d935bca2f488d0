import type { Clock } from "../clock.ts";
import type { ClientCredential } from "./clientCredential.ts";
import type { CredentialListener } from "./credentialListener.ts";

const MS_PER_DAY = 86_400_000;
/** Days left at which an operator hears of it; at 0 it has ended. */
const THRESHOLDS_DAYS = [0, 1, 7, 30];

/** Warns of credentials that end: once per threshold and version. */
export class ExpiryWarnings {
  readonly #warned = new WeakMap<ClientCredential, number>();
  readonly #listener: CredentialListener;
  readonly #now: Clock;

  constructor(listener: CredentialListener, now: Clock) {
    this.#listener = listener;
    this.#now = now;
  }

  check(credential: ClientCredential): void {
    if (credential.expiresOnMs === undefined) return;
    const leftMs = credential.expiresOnMs - this.#now();
    const threshold = THRESHOLDS_DAYS.find((days) => leftMs <= days * MS_PER_DAY);
    if (threshold === undefined || threshold >= (this.#warned.get(credential) ?? Number.POSITIVE_INFINITY)) return;
    this.#warned.set(credential, threshold);
    this.#listener.expiring(credential, Math.floor(leftMs / MS_PER_DAY));
  }
}
