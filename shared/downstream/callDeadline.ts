import type { DownstreamApiSettings } from "../config/settings.ts";
import { DownstreamTimeoutError, DownstreamUnreachableError, GatewayError } from "../errors/errors.ts";
import { errors } from "../net/undici.ts";

/** Why a call to a downstream API was given up: its own time was over, or the call it belongs to ended, and how. */
export type GivenUp = "total timeout" | Error;

/** Ends one call to a downstream API: with the call it belongs to, or when its own time is over. Cleared when it is done. */
export class CallDeadline {
  readonly #controller = new AbortController();
  readonly #call: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  #reason: GivenUp | undefined;

  constructor(call: AbortSignal, totalMs: number) {
    this.#call = call;
    this.#timer = setTimeout(() => this.#giveUp("total timeout"), totalMs);
    if (call.aborted) this.#callOver();
    else call.addEventListener("abort", this.#callOver, { once: true });
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
    this.#call.removeEventListener("abort", this.#callOver);
  }

  readonly #callOver = (): void => {
    this.#giveUp(abortError(this.#call));
  };

  #giveUp(reason: GivenUp): void {
    this.#reason ??= reason;
    this.clear();
    this.#controller.abort();
  }
}

/** Why a call ended. A signal aborted without an error of ours means a hang-up: no client is left to be told of one. */
export function abortError({ reason }: AbortSignal): Error {
  return reason instanceof Error && reason.name !== "AbortError" ? reason : new CallerGoneError();
}

/** The caller hung up: nobody is left to answer. Not a failure of anything. */
export class CallerGoneError extends Error {
  override readonly name = "CallerGoneError";

  constructor() {
    super("The caller hung up.");
  }
}

/** How a call that brought no answer looks to the caller. */
export function downstreamFailure(error: unknown, givenUp: GivenUp | undefined, api: DownstreamApiSettings): Error {
  if (givenUp instanceof Error) return givenUp;
  // Of our own making, like that of a body which is too long.
  if (error instanceof GatewayError) return error;
  const limit = passedLimit(error, givenUp, api);
  if (limit === undefined) return new DownstreamUnreachableError(api.name, error);
  const [setting, limitMs] = limit;
  return new DownstreamTimeoutError(api.name, `${limitMs} ms passed (DownstreamApis__${api.name}__${setting}).`, error);
}

function passedLimit(
  error: unknown,
  givenUp: GivenUp | undefined,
  api: DownstreamApiSettings,
): [string, number] | undefined {
  if (givenUp === "total timeout") return ["TotalTimeoutSeconds", api.totalTimeoutMs];
  if (error instanceof errors.ConnectTimeoutError) return ["ConnectTimeoutSeconds", api.connectTimeoutMs];
  if (error instanceof errors.HeadersTimeoutError) return ["ResponseTimeoutSeconds", api.responseTimeoutMs];
  if (error instanceof errors.BodyTimeoutError) return ["IdleTimeoutSeconds", api.idleTimeoutMs];
  return undefined;
}
