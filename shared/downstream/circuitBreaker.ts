import { Readable } from "node:stream";
import type { Clock } from "../clock.ts";
import type { CircuitBreakerSettings } from "../config/settings.ts";
import { DownstreamTimeoutError, DownstreamUnavailableError, DownstreamUnreachableError } from "../errors/errors.ts";
import { errors } from "../net/undici.ts";
import type { DownstreamRequest, DownstreamResponse } from "./downstreamClient.ts";

const MS_PER_SECOND = 1_000;

/** What became of a call that was let through. Only the first word counts. */
export interface Permit {
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
  enter(): Permit | { readonly retryAfter: number } {
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
  #passage(entered: State): Permit {
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

/**
 * What says that the API cannot serve anybody now (RFC 9110, 15.6.3 to 15.6.5). Not 500, which is as a rule about this one
 * request: a caller who found one that fails could close the API for all others.
 */
const OUT_OF_SERVICE = new Set([502, 503, 504]);

/**
 * Makes a call to an API if its circuit breaker lets it pass, and tells the breaker how it went.
 * @throws DownstreamUnavailableError (503), and what the call throws
 */
export async function guardedCall(
  breaker: CircuitBreaker,
  { api, request }: { readonly api: string; readonly request: DownstreamRequest },
  call: () => Promise<DownstreamResponse>,
): Promise<DownstreamResponse> {
  const passage = breaker.enter();
  if ("retryAfter" in passage) throw new DownstreamUnavailableError(api, passage.retryAfter);
  try {
    const answer = await call();
    if (OUT_OF_SERVICE.has(answer.status)) passage.failed();
    else passage.succeeded();
    return answer;
  } catch (error) {
    if (isApisFailure(error, request)) passage.failed();
    else passage.abandoned();
    throw error;
  }
}

/**
 * Not a caller who hung up, sent too much, broke off or is still sending when the time is over; nor a call that ran out of
 * what the queue or a first attempt left of its time, which may be none: other users, or this one, took it. A limit of
 * which the API had all still counts there.
 */
function isApisFailure(error: unknown, { body, withinMs }: DownstreamRequest): boolean {
  const stream = body instanceof Readable ? body : undefined;
  if (error instanceof DownstreamUnreachableError) return (stream?.errored ?? null) === null;
  if (!(error instanceof DownstreamTimeoutError)) return false;
  const { cause } = error;
  const hadAll = cause instanceof errors.HeadersTimeoutError || cause instanceof errors.ConnectTimeoutError;
  if (withinMs !== undefined && !hadAll) return false;
  return stream === undefined || stream.readableEnded;
}
