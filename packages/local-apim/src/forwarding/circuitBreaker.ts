import { parseDuration } from "../duration.ts";
import type { CircuitBreakerRule } from "../options.ts";

/** Those of `context.LastError` that a backend can be the cause of, in lower case. */
const ERROR_REASONS = new Set(["backendconnectionfailure", "timeout"]);

/** What a call of the backend came to: a status, or no answer at all. */
export type BackendOutcome =
  | { readonly status: number; readonly retryAfterMs: number | undefined }
  /** A reason of `context.LastError`. */
  | { readonly reason: string };

/**
 * Stops calls of a backend that has failed too often.
 * learn.microsoft.com/azure/api-management/backends#circuit-breaker
 */
export class CircuitBreaker {
  readonly #rule: CircuitBreakerRule;
  readonly #intervalMs: number;
  readonly #tripMs: number;
  readonly #now: () => number;
  #failuresMs: number[] = [];
  #openUntilMs = 0;

  /** @throws RangeError for a rule that is not one. */
  constructor(rule: CircuitBreakerRule, now: () => number) {
    this.#rule = rule;
    this.#intervalMs = duration(rule, "interval", rule.failureCondition.interval);
    this.#tripMs = duration(rule, "tripDuration", rule.tripDuration);
    this.#now = now;
    const { count, errorReasons = [], statusCodeRanges = [] } = rule.failureCondition;
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`rule '${rule.name}': count must be 1 or more`);
    const unknown = errorReasons.find((reason) => !ERROR_REASONS.has(reason.toLowerCase()));
    if (unknown !== undefined) throw new RangeError(`rule '${rule.name}': error reason '${unknown}' is not known here`);
    if (errorReasons.length + statusCodeRanges.length === 0)
      throw new RangeError(`rule '${rule.name}': nothing counts as a failure`);
  }

  isOpen(): boolean {
    return this.#now() < this.#openUntilMs;
  }

  /** Counts the outcome of a call that was let through. */
  note(outcome: BackendOutcome): void {
    if (!this.#isFailure(outcome)) return;
    const nowMs = this.#now();
    this.#failuresMs = [...this.#failuresMs.filter((atMs) => atMs + this.#intervalMs > nowMs), nowMs];
    if (this.#failuresMs.length < this.#rule.failureCondition.count) return;
    const asked = "status" in outcome && this.#rule.acceptRetryAfter === true ? outcome.retryAfterMs : undefined;
    this.#openUntilMs = nowMs + (asked ?? this.#tripMs);
    this.#failuresMs = [];
  }

  #isFailure(outcome: BackendOutcome): boolean {
    const { errorReasons = [], statusCodeRanges = [] } = this.#rule.failureCondition;
    return "reason" in outcome
      ? errorReasons.some((reason) => reason.toLowerCase() === outcome.reason.toLowerCase())
      : statusCodeRanges.some(({ min, max }) => outcome.status >= min && outcome.status <= max);
  }
}

function duration(rule: CircuitBreakerRule, name: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms === 0) throw new RangeError(`rule '${rule.name}': '${text}' is no ${name}`);
  return ms;
}
