import { boundedMap } from "../boundedMap.ts";
import type { Clock } from "../clock.ts";
import type { GatewayError } from "../errors/errors.ts";
import { IdentityProviderUnavailableError, InteractionRequiredError, ThrottledError } from "../errors/errors.ts";

/** A client that retries at once must not make Entra ID refuse at once, again and again. Signing in takes longer than this. */
const INTERACTION_MS = 5_000;
const MAX_FAILURES = 10_000;

interface Remembered {
  readonly failure: GatewayError;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Whom a failure concerns: never anybody else. */
export interface FailureSubject {
  /** One token A, API and set of claims. */
  readonly key: string;
  /** One user and API, whatever token A they come with; or the app itself and an API. */
  readonly userAndApi: string;
}

/**
 * The few failures that are remembered: Entra ID's own request to wait, for that user and API, and for some seconds that
 * a token A needs interaction. All others are forgotten: the next call tries again.
 */
export class NegativeCache {
  readonly #remembered = boundedMap<Remembered>(MAX_FAILURES);
  readonly #now: Clock;

  constructor(now: Clock) {
    this.#now = now;
  }

  /** @throws the failure that still holds, with the seconds that remain. */
  check({ key, userAndApi }: FailureSubject): void {
    for (const id of [userAndApi, key]) {
      const remembered = this.#remembered.get(id);
      if (remembered === undefined) continue;
      const nowMs = this.#now();
      const remainingMs = remembered.untilMs - nowMs;
      // A time before the failure means that the clock was set back: nobody knows how much of the wait is left.
      if (remainingMs > 0 && nowMs >= remembered.sinceMs)
        throw stillHolding(remembered.failure, Math.ceil(remainingMs / 1000));
      this.#remembered.delete(id);
    }
  }

  remember({ key, userAndApi }: FailureSubject, failure: unknown): void {
    if (failure instanceof InteractionRequiredError) this.#keep(key, failure, INTERACTION_MS);
    else if (failure instanceof ThrottledError || asksToWait(failure)) {
      this.#keep(userAndApi, failure, (failure.members.retryAfter ?? 0) * 1000);
    }
  }

  /** The longer wait holds: two of a user's tokens can be answered at the same time. */
  #keep(id: string, failure: GatewayError, waitMs: number): void {
    const sinceMs = this.#now();
    const untilMs = sinceMs + waitMs;
    const before = this.#remembered.get(id);
    if (before !== undefined && before.sinceMs <= sinceMs && before.untilMs > untilMs) return;
    this.#remembered.set(id, { failure, sinceMs, untilMs });
  }
}

/** An outage for which Entra ID named a time. Where it did not, the next call finds out by itself whether it is over. */
function asksToWait(failure: unknown): failure is IdentityProviderUnavailableError {
  return failure instanceof IdentityProviderUnavailableError && failure.asksToWait;
}

function stillHolding(failure: GatewayError, retryAfter: number): GatewayError {
  const diagnosis = `${failure.diagnosis ?? ""} (remembered; no request was sent)`;
  const members = { ...failure.members, retryAfter };
  if (failure instanceof ThrottledError) return new ThrottledError(members, diagnosis);
  if (failure instanceof IdentityProviderUnavailableError) {
    return new IdentityProviderUnavailableError(members, diagnosis, { asksToWait: true });
  }
  return failure;
}

const MS_PER_SECOND = 1_000;

/** How far this machine's clock is from Entra ID's, as a sentence; its answers hold the time, to the second. */
export function clockDifference(timestamp: string | undefined, nowMs: number): string {
  const theirsMs = Date.parse(timestamp ?? "");
  if (Number.isNaN(theirsMs)) return "The answer does not say what time it is at Entra ID.";
  const differenceS = Math.round((nowMs - theirsMs) / MS_PER_SECOND);
  const how = differenceS < 0 ? "behind" : "ahead of";
  return `This machine's clock is ${Math.abs(differenceS)} s ${how} Entra ID's.`;
}
