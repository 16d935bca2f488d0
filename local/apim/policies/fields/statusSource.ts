import type { ElementReader } from "../../compile/elementReader.ts";
import type { Source } from "../../compile/source.ts";
import { reasonPhrase } from "../../http/reasonPhrase.ts";
import { internalError } from "../../pipeline/gatewayError.ts";

/** The status that set-status names, with its reason. */
export function statusSource(reader: ElementReader): Source<{ readonly status: number; readonly reason: string }> {
  const code = reader.requiredInteger("code");
  const reason = reader.text("reason");
  return async (exchange) => {
    const status = await code(exchange);
    if (status < 200 || status > 999) throw internalError("InvalidStatusCode", `${status} is no status of an answer.`);
    return { status, reason: (await reason?.(exchange)) ?? reasonPhrase(status) };
  };
}
