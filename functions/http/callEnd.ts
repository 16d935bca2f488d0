import type { IncomingMessage } from "node:http";
import { CallerGoneError } from "../../shared/downstream/callerGoneError.ts";
import { GatewayTimeoutError } from "../../shared/errors/errors.ts";
import type { TimeLimit } from "./timeLimit.ts";
import type { TrueExchange } from "./trueExchange.ts";

/** Whether, and why, a call must end before it is answered. */
export class CallEnd {
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
  whenCome(listener: (reason: Error) => void): void {
    if (this.#reason === undefined) this.#listeners.push(listener);
    else listener(this.#reason);
  }

  /** Only the first reason counts. */
  come(reason: Error): void {
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
export function callEnd({ request, response }: TrueExchange, longest: TimeLimit | undefined): CallEnd {
  const end = new CallEnd();
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
    if (!response.writableFinished) end.come(new CallerGoneError());
    closed();
  });
  return end;
}

function tooLong(end: CallEnd, request: IncomingMessage, longestMs: number): void {
  end.come(new GatewayTimeoutError(longestMs));
  if (!request.complete) request.destroy();
}

/**
 * The work's result, or at once the reason why the call ended. The work itself is told by the same end; what it still
 * comes to then is nobody's any more.
 */
export function untilCallEnds<T>(work: Promise<T>, end: CallEnd): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(resolve, reject);
    end.whenCome(reject);
  });
}
