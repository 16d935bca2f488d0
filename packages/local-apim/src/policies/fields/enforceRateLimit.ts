import type { RateLimit } from "../../limits/rateLimiter.ts";
import type { Exchange } from "../../pipeline/exchange.ts";
import { GatewayError } from "../../pipeline/gatewayError.ts";
import type { StepNote } from "../../trace.ts";
import type { LimitOutputs } from "./limitOutputs.ts";

/** @throws GatewayError RateLimitExceeded (429), when there is no call left. */
export function enforceRateLimit(exchange: Exchange, note: StepNote, limit: RateLimit, outputs: LimitOutputs): void {
  const { rateLimiter } = exchange.services;
  const left = rateLimiter.remaining(limit);
  if (left > 0) {
    note.effect = `${left} of ${limit.calls} calls were left`;
    return;
  }
  outputs.tell(exchange, { remaining: 0, total: limit.calls });
  const seconds = Math.max(1, Math.ceil(rateLimiter.retryAfterMs(limit) / 1_000));
  throw new GatewayError({
    reason: "RateLimitExceeded",
    message: "Rate limit is exceeded",
    publicMessage: `Rate limit is exceeded. Try again in ${seconds} seconds.`,
    status: 429,
    headers: outputs.retryAfter(exchange, seconds),
  });
}
