import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { internalError } from "../pipeline/gatewayError.ts";
import { enforceRateLimit } from "./fields/enforceRateLimit.ts";
import { limitOutputs } from "./fields/limitOutputs.ts";

const MAX_PERIOD_SECONDS = 300;

/** So many calls in a sliding window, for each subscription: without one it does nothing. */
export const rateLimit: PolicyDefinition = {
  name: "rate-limit",
  sections: ["inbound"],
  compile(reader, { context, path }) {
    const calls = reader.requiredInteger("calls");
    const period = reader.requiredInteger("renewal-period");
    const outputs = limitOutputs(reader);
    return async (exchange, note) => {
      const { services, subscription, api, operation, product } = exchange;
      if (subscription === undefined) {
        note.effect = "no subscription, so no limit";
        return "next";
      }
      const seconds = await period(exchange);
      if (seconds < 1 || seconds > MAX_PERIOD_SECONDS) {
        throw internalError("InvalidConfiguration", `renewal-period must be 1 to ${MAX_PERIOD_SECONDS} seconds.`);
      }
      // Each policy has its own counter, at the scope where it stands.
      const scoped = { global: "", product: product?.id, api: api?.id, operation: `${api?.id}/${operation?.id}` };
      const key = JSON.stringify([subscription.definition.id, context.scope, scoped[context.scope] ?? "", path]);
      const limit = { key: `subscription:${key}`, calls: await calls(exchange), periodMs: seconds * 1_000 };
      enforceRateLimit(exchange, note, limit, outputs);
      services.rateLimiter.count(limit, 1);
      outputs.tell(exchange, { remaining: Math.max(0, services.rateLimiter.remaining(limit)), total: limit.calls });
      return "next";
    };
  },
};
