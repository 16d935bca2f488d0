import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import { withTimeout } from "../forwarding/withTimeout.ts";
import { MessageBody } from "../http/messageBody.ts";
import type { Exchange } from "../pipeline/exchange.ts";
import { GatewayError } from "../pipeline/gatewayError.ts";
import type { GatewayResponse } from "../pipeline/messages.ts";
import { describe, ownRequest, sendOwn } from "./fields/ownRequest.ts";

/** A request of the policies' own, whose answer goes into a variable. */
export const sendRequest: PolicyDefinition = {
  name: "send-request",
  sections: EVERYWHERE,
  compile(reader) {
    const variable = reader.requiredLiteral("response-variable-name");
    const ignoreError = reader.flag("ignore-error", false);
    const build = ownRequest(reader);
    return async (exchange, note) => {
      const own = await build(exchange);
      note.effect = describe(own);
      try {
        const response = await withTimeout(own.timeoutMs, exchange.services.startTimer, async (over) =>
          withBody(await sendOwn(exchange, own, { signal: exchange.signal, timeout: over })),
        );
        exchange.variables.set(variable, exchange.services.values.response(response, exchange.bodyReads));
        note.effect += ` -> ${response.status}`;
      } catch (error) {
        if (!isIgnorable(error, exchange) || !(await ignoreError(exchange))) throw error;
        exchange.variables.set(variable, null);
        note.effect += ` -> ${error.details.reason}, ignored: ${variable} is null`;
      }
      return "next";
    };
  },
};

/** The body too belongs to the answer: expressions do not wait. */
async function withBody(response: GatewayResponse): Promise<GatewayResponse> {
  return { ...response, body: MessageBody.ofBytes(await response.body.bytes()) };
}

function isIgnorable(error: unknown, { signal }: Exchange): error is GatewayError {
  return error instanceof GatewayError && !signal.aborted;
}
