import type { ServerResponse } from "node:http";
import { CallerGoneError } from "../../shared/downstream/callerGoneError.ts";
import { GatewayTimeoutError } from "../../shared/errors/gatewayTimeoutError.ts";

/**
 * Aborts when a call must end before it is answered: the caller hung up (CallerGoneError), or it took so long that the
 * host would soon end the worker (GatewayTimeoutError).
 * @param longestCallMs undefined: no limit is known
 */
export function callEnd(response: ServerResponse, longestCallMs: number | undefined): AbortSignal {
  const end = new AbortController();
  const timer =
    longestCallMs === undefined
      ? undefined
      : setTimeout(() => end.abort(new GatewayTimeoutError(longestCallMs)), longestCallMs);
  response.once("close", () => {
    clearTimeout(timer);
    if (!response.writableFinished) end.abort(new CallerGoneError());
  });
  return end.signal;
}

/**
 * The work's result, or at once the reason why the call ended. The work itself is told by the same signal; what it
 * still comes to then is nobody's any more.
 */
export async function untilCallEnds<T>(work: Promise<T>, end: AbortSignal): Promise<T> {
  let giveUp: (() => void) | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(end.reason);
    end.addEventListener("abort", giveUp, { once: true });
    if (end.aborted) giveUp();
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    if (giveUp !== undefined) end.removeEventListener("abort", giveUp);
  }
}
