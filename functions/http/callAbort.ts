import type { IncomingMessage } from "node:http";
import { CallerGoneError } from "../../shared/downstream/callDeadline.ts";
import { GatewayTimeoutError } from "../../shared/errors/errors.ts";
import type { Log } from "../../shared/telemetry/log.ts";
import type { RawHttp } from "./rawHttp.ts";

/** Whether, and why, a call must end before it is answered. */
export class CallAbort {
  #reason: Error | undefined;
  #controller: AbortController | undefined;
  readonly #listeners: ((reason: Error) => void)[] = [];

  /** Undefined while the call may go on. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** For whom it must be a signal: most calls need none. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Calls back once: at once where the end has come. What listens goes with the call, and must not throw. */
  onAbort(listener: (reason: Error) => void): void {
    if (this.#reason === undefined) this.#listeners.push(listener);
    else listener(this.#reason);
  }

  /** Only the first reason counts. */
  abort(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of this.#listeners) listener(reason);
    this.#controller?.abort(reason);
  }
}

/**
 * The end of a call comes when the caller hangs up (CallerGoneError), or when it took so long that the host would soon
 * end the worker (GatewayTimeoutError). A caller that has not ended its body by then is cut off: the host takes no
 * answer before the body's end, so the call would go on whatever was answered.
 * @param longest how long a call may take; undefined: no limit is known
 */
export function callAbort({ request, response }: RawHttp, longest: TimeLimit | undefined): CallAbort {
  const end = new CallAbort();
  const running = longest?.start(() => tooLong(end, request, longest.limitMs));
  const { socket } = request;
  let open = 2;
  const over = (): void => {
    if (running !== undefined) longest?.done(running);
    socket.off("close", over);
  };
  const closed = (): void => {
    open--;
    if (open === 0) over();
  };
  request.on("close", closed);
  // A caller answered in the middle of their body who then hangs up: of that Node tells the socket only.
  socket.on("close", over);
  response.on("close", () => {
    if (!response.writableFinished) end.abort(new CallerGoneError());
    closed();
  });
  return end;
}

function tooLong(end: CallAbort, request: IncomingMessage, longestMs: number): void {
  end.abort(new GatewayTimeoutError(longestMs));
  if (!request.complete) request.destroy();
}

/**
 * The work's result, or at once the reason why the call ended. The work itself is told by the same end; what it still
 * comes to then is nobody's any more.
 */
export function untilAborted<T>(work: Promise<T>, end: CallAbort): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(resolve, reject);
    end.onAbort(reject);
  });
}

/** Work that a limit runs for. */
export interface RunningLimit {
  /** By `performance.now()`. */
  readonly dueMs: number;
  readonly over: () => void;
}

/**
 * Time limits of one length, all on one timer: what began first is over first, so only the oldest is waited for. A timer of
 * its own would be a good part of what a short call costs.
 */
export class TimeLimit {
  readonly limitMs: number;
  /** In the order in which they began. */
  readonly #running = new Set<RunningLimit>();
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number) {
    this.limitMs = limitMs;
  }

  /** @param over called once, unless the work is done before; must not throw */
  start(over: () => void): RunningLimit {
    const running = { dueMs: performance.now() + this.limitMs, over };
    this.#running.add(running);
    if (this.#timer === undefined) this.#wait(this.limitMs);
    return running;
  }

  done(running: RunningLimit): void {
    this.#running.delete(running);
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    // The work itself keeps the process alive, while there is some.
    this.#timer = setTimeout(this.#due, ms).unref();
  }

  readonly #due = (): void => {
    this.#timer = undefined;
    const nowMs = performance.now();
    for (const running of this.#running) {
      if (running.dueMs > nowMs) {
        this.#wait(running.dueMs - nowMs);
        return;
      }
      this.#running.delete(running);
      running.over();
    }
  };
}

/**
 * Notes once that the caller hung up, and where the call was then: nobody's failure, but what a caller who says that
 * the gateway hangs is looked up by.
 * @returns to be called before the gateway itself ends the connection, which looks the same from here
 */
export function noteHangUp(exchange: RawHttp, end: CallAbort, log: Log): () => void {
  let ours = false;
  end.onAbort((reason) => {
    if (!ours && reason instanceof CallerGoneError) log.info("caller_gone", { during: stageOf(exchange) });
  });
  return () => {
    ours = true;
  };
}

function stageOf({ request, response }: RawHttp): string {
  if (response.headersSent) return "the answer";
  return request.complete ? "the wait for an answer" : "the request";
}
