import { CallerGoneError } from "../../shared/downstream/callerGoneError.ts";
import type { Log } from "../../shared/telemetry/log.ts";
import type { CallEnd } from "./callEnd.ts";
import type { TrueExchange } from "./trueExchange.ts";

/**
 * Notes once that the caller hung up, and where the call was then: nobody's failure, but what a caller who says that
 * the gateway hangs is looked up by.
 * @returns to be called before the gateway itself ends the connection, which looks the same from here
 */
export function noteHangUp(exchange: TrueExchange, end: CallEnd, log: Log): () => void {
  let ours = false;
  end.whenCome((reason) => {
    if (!ours && reason instanceof CallerGoneError) log.info("caller_gone", { during: stageOf(exchange) });
  });
  return () => {
    ours = true;
  };
}

function stageOf({ request, response }: TrueExchange): string {
  if (response.headersSent) return "the answer";
  return request.complete ? "the wait for an answer" : "the request";
}
