import type { IncomingMessage } from "node:http";
import { CallerGoneError } from "../../shared/downstream/callerGoneError.ts";
import { GatewayTimeoutError } from "../../shared/errors/gatewayTimeoutError.ts";
import type { TrueExchange } from "./trueExchange.ts";

/**
 * Aborts when a call must end before it is answered: the caller hung up (CallerGoneError), or it took so long that the
 * host would soon end the worker (GatewayTimeoutError). A caller that has not ended its body by then is cut off: the
 * host takes no answer before the body's end, so the call would go on whatever was answered.
 * @param longestCallMs undefined: no limit is known
 */
export function callEnd({ request, response }: TrueExchange, longestCallMs: number | undefined): AbortSignal {
  const end = new AbortController();
  const timer =
    longestCallMs === undefined ? undefined : setTimeout(tooLong, longestCallMs, end, request, longestCallMs);
  const { socket } = request;
  let open = 2;
  const over = (): void => {
    clearTimeout(timer);
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
  return end.signal;
}

function tooLong(end: AbortController, request: IncomingMessage, longestCallMs: number): void {
  end.abort(new GatewayTimeoutError(longestCallMs));
  if (!request.complete) request.destroy();
}

/**
 * The work's result, or at once the reason why the call ended. The work itself is told by the same signal; what it
 * still comes to then is nobody's any more.
 * @param end the call's own: what listens to it goes with the call
 */
export function untilCallEnds<T>(work: Promise<T>, end: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(resolve, reject);
    const giveUp = (): void => reject(end.reason);
    if (end.aborted) giveUp();
    else end.addEventListener("abort", giveUp, { once: true });
  });
}
