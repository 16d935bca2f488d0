import { boundedMap } from "../boundedMap.ts";
import type { Clock } from "../clock.ts";
import type { Secret } from "../secret.ts";

const MOST = 10_000;
/**
 * An API that refuses even new tokens costs one exchange per user in this time, not one per call. No longer: tokens tell
 * their age in whole seconds, so an API may take one for older than its demand that was issued just after it.
 */
const REMEMBERED_MS = 5_000;

interface Refusal {
  /** What was demanded. */
  readonly claims: string | undefined;
  readonly sinceMs: number;
}

/**
 * Tokens that a downstream API refused as soon as they were issued: another one would be refused too, so none is asked
 * for, until a few seconds have passed or the API demands something else.
 */
export class RefusedTokens {
  readonly #refusals = boundedMap<Refusal>(MOST);
  readonly #now: Clock;

  constructor(now: Clock) {
    this.#now = now;
  }

  /** The time counts from the first refusal: calls that never cease would put off the next exchange for ever. */
  add(token: Secret, claims: string | undefined): void {
    if (this.has(token, claims)) return;
    this.#refusals.set(token.sha256, { claims, sinceMs: this.#now() });
  }

  has(token: Secret, claims: string | undefined): boolean {
    const refusal = this.#refusals.get(token.sha256);
    if (refusal === undefined || refusal.claims !== claims) return false;
    const ageMs = this.#now() - refusal.sinceMs;
    return ageMs >= 0 && ageMs < REMEMBERED_MS;
  }
}
