import type { ElementReader } from "../../compile/elementReader.ts";
import type { Source } from "../../compile/source.ts";
import { reasonPhrase } from "../../http/reasonPhrase.ts";
import { internalError } from "../../pipeline/gatewayError.ts";

/** RFC 9112, 4 */
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The status that set-status names, with its reason. */
export function statusSource(reader: ElementReader): Source<{ readonly status: number; readonly reason: string }> {
  const code = reader.requiredInteger("code");
  const reason = reader.text("reason");
  return async (exchange) => {
    const status = await code(exchange);
    if (status < 200 || status > 999) throw internalError("InvalidStatusCode", `${status} is no status of an answer.`);
    const phrase = (await reason?.(exchange)) ?? reasonPhrase(status);
    if (!REASON.test(phrase))
      throw internalError("InvalidReason", "The reason has characters that a status line cannot have.");
    return { status, reason: phrase };
  };
}
