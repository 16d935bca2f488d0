import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { constant } from "../compile/source.ts";
import type { Quota } from "../limits/quotas.ts";
import type { Exchange } from "../pipeline/exchange.ts";
import { GatewayError } from "../pipeline/gatewayError.ts";
import { counting } from "./fields/counting.ts";

/** 0001-01-01T00:00:00Z, as documented. */
const DEFAULT_FIRST_PERIOD = "0001-01-01T00:00:00Z";

/** So many calls in a period, for each value of a key. */
export const quotaByKey: PolicyDefinition = {
  name: "quota-by-key",
  sections: ["inbound"],
  notOnConsumption: true,
  compile(reader) {
    if (reader.element.attributes.has("bandwidth")) reader.refuse("the attribute 'bandwidth' is not supported here");
    const calls = reader.requiredInteger("calls");
    const period = reader.requiredInteger("renewal-period");
    const key = reader.requiredText("counter-key");
    const firstPeriodStartMs = Date.parse(reader.literal("first-period-start") ?? DEFAULT_FIRST_PERIOD);
    if (Number.isNaN(firstPeriodStartMs)) reader.refuse("first-period-start is no date");
    const count = counting(reader, constant(false));
    return async (exchange, note) => {
      const { quotas } = exchange.services;
      const periodMs = (await period(exchange)) * 1_000;
      const quota = { key: await key(exchange), calls: await calls(exchange), periodMs, firstPeriodStartMs };
      if (quotas.isExhausted(quota)) throw exhausted(exchange, quota);
      note.effect = "within the quota";
      await count(exchange, (times) => quotas.count(quota, times));
      return "next";
    };
  },
};

function exhausted({ services }: Exchange, quota: Quota): GatewayError {
  const seconds = Math.ceil((services.quotas.renewedInMs(quota) ?? 0) / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const clock = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return new GatewayError({
    reason: "QuotaExceeded",
    message: `Out of call volume quota. Quota will be replenished in ${clock}.`,
    status: 403,
    headers: { "Retry-After": String(seconds) },
  });
}
