import type { ServerResponse } from "node:http";
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
  response.once("close", () => {
    if (!response.writableFinished) end.abort(new CallerGoneError());
  });
  if (longestCallMs !== undefined) {
    const timer = setTimeout(() => {
      end.abort(new GatewayTimeoutError(longestCallMs));
      if (!request.complete) request.destroy();
    }, longestCallMs);
    whenBothClose(request, response, () => clearTimeout(timer));
  }
  return end.signal;
}

function whenBothClose(request: TrueExchange["request"], response: ServerResponse, then: () => void): void {
  let open = 2;
  const closed = (): void => {
    open--;
    if (open === 0) then();
  };
  request.once("close", closed);
  response.once("close", closed);
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
