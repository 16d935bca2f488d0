import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { internalError } from "../pipeline/gatewayError.ts";
import { counting } from "./fields/counting.ts";
import { enforceRateLimit } from "./fields/enforceRateLimit.ts";
import { limitOutputs } from "./fields/limitOutputs.ts";

const MAX_PERIOD_SECONDS = 300;

/** So many calls in a sliding window, for each value of a key. */
export const rateLimitByKey: PolicyDefinition = {
  name: "rate-limit-by-key",
  sections: ["inbound"],
  notOnConsumption: true,
  compile(reader) {
    const calls = reader.requiredInteger("calls");
    const period = reader.requiredInteger("renewal-period");
    const key = reader.requiredText("counter-key");
    const count = counting(reader, reader.flag("increment-after-response", false));
    const outputs = limitOutputs(reader);
    return async (exchange, note) => {
      const { rateLimiter } = exchange.services;
      const seconds = await period(exchange);
      if (seconds < 1 || seconds > MAX_PERIOD_SECONDS) {
        throw internalError("InvalidConfiguration", `renewal-period must be 1 to ${MAX_PERIOD_SECONDS} seconds.`);
      }
      const limit = { key: `key:${await key(exchange)}`, calls: await calls(exchange), periodMs: seconds * 1_000 };
      enforceRateLimit(exchange, note, limit, outputs);
      await count(exchange, (times) => {
        rateLimiter.count(limit, times);
        outputs.tell(exchange, { remaining: Math.max(0, rateLimiter.remaining(limit)), total: limit.calls });
      });
      return "next";
    };
  },
};
