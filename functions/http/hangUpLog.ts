import { CallerGoneError } from "../../shared/downstream/callerGoneError.ts";
import type { Log } from "../../shared/telemetry/log.ts";
import type { TrueExchange } from "./trueExchange.ts";

/**
 * Notes once that the caller hung up, and where the call was then: nobody's failure, but what a caller who says that
 * the gateway hangs is looked up by.
 * @param end aborts with a CallerGoneError when they do
 * @returns to be called before the gateway itself ends the connection, which looks the same from here
 */
export function noteHangUp(exchange: TrueExchange, end: AbortSignal, log: Log): () => void {
  const note = (): void => {
    if (end.reason instanceof CallerGoneError) log.info("caller_gone", { during: stageOf(exchange) });
  };
  end.addEventListener("abort", note, { once: true });
  return () => end.removeEventListener("abort", note);
}

function stageOf({ request, response }: TrueExchange): string {
  if (response.headersSent) return "the answer";
  return request.complete ? "the wait for an answer" : "the request";
}
