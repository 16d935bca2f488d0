import { NegativeCache } from "../../shared/exchange/negativeCache.ts";
import { TokenBroker } from "../../shared/exchange/tokenBroker.ts";
import { MemoryCache } from "../../shared/exchange/tokenCache.ts";
import { Secret } from "../../shared/secret.ts";
import { jsonLog } from "../../shared/telemetry/log.ts";
import { instrumentedCounters } from "../../shared/telemetry/tokenMetrics.ts";
import { CLIENT, LIFE_MS, tokenText } from "./users.ts";

export interface BrokerLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** Our token broker as the app puts it together, with an exchange that answers at once. */
export function ourBroker(limits: BrokerLimits) {
  const now = Date.now;
  const memory = new MemoryCache({ ...limits, now });
  const counters = instrumentedCounters(() => memory);
  const write = (line: string): boolean => process.stderr.write(`${line}\n`);
  const broker = new TokenBroker({
    clientId: CLIENT,
    ring: {
      run: (attempt) =>
        attempt({
          label: "none",
          expiresOnMs: undefined,
          proof: { kind: "secret", secret: new Secret("unused") },
        }),
    },
    exchange: { exchange: async () => ({ token: new Secret(tokenText()), expiresOnMs: now() + LIFE_MS }) },
    memory,
    shared: undefined,
    failures: new NegativeCache(now),
    metrics: counters,
    log: jsonLog({ info: write, warning: write, error: write }),
    now,
  });
  return { broker, memory, counts: () => counters.counts };
}
