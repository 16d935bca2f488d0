import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import { withTimeout } from "../forwarding/withTimeout.ts";
import { messageOf } from "../pipeline/gatewayError.ts";
import { describe, ownRequest, sendOwn } from "./fields/ownRequest.ts";

/** A request whose answer nobody waits for. */
export const sendOneWayRequest: PolicyDefinition = {
  name: "send-one-way-request",
  sections: EVERYWHERE,
  compile(reader) {
    const build = ownRequest(reader);
    return async (exchange, note) => {
      const own = await build(exchange);
      note.effect = describe(own);
      const { services } = exchange;
      // It outlives the exchange: the caller may have gone by then.
      const { signal } = new AbortController();
      withTimeout(own.timeoutMs, services.startTimer, (timeout) => sendOwn(exchange, own, { signal, timeout })).then(
        (response) => response.body.discard(),
        (error: unknown) => services.log(`A send-one-way-request failed: ${messageOf(error)}`),
      );
      return "next";
    };
  },
};
