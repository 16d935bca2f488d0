import { NegativeCache } from "../../../../shared/exchange/negativeCache.ts";
import type { ExchangeRequest } from "../../../../shared/exchange/onBehalfOfExchange.ts";
import { TokenBroker } from "../../../../shared/exchange/tokenBroker.ts";
import type { CachedToken, SharedCache } from "../../../../shared/exchange/tokenCache.ts";
import { MemoryCache } from "../../../../shared/exchange/tokenCache.ts";
import { TokenCounters } from "../../../../shared/telemetry/tokenMetrics.ts";
import { GATEWAY, RING, recordedLog, tokenB } from "./subjects.ts";

/** An exchange that waits for the test to say how it ends. */
export interface PendingExchange {
  readonly request: ExchangeRequest;
  succeed(token: string, lifeMs: number): void;
  fail(error: unknown): void;
}

export interface WorldDraft {
  readonly maxEntries?: number;
  readonly shared?: SharedCache;
  /** A clock shared with other instances. */
  readonly clock?: { ms: number };
}

/** A broker whose clock and whose exchanges are in the test's hands. */
export function brokerWorld({ maxEntries = 1_000, shared, clock = { ms: 1_900_000_000_000 } }: WorldDraft = {}) {
  const pending: PendingExchange[] = [];
  const now = (): number => clock.ms;
  const counters = new TokenCounters();
  const { log, lines, events } = recordedLog();
  const memory = new MemoryCache({ maxEntries, maxBytes: 10_000_000, now });
  const broker = new TokenBroker({
    clientId: GATEWAY,
    ring: RING,
    exchange: {
      exchange: (request) => {
        const { promise, resolve, reject } = Promise.withResolvers<ReturnType<typeof tokenB>>();
        const exchange: PendingExchange = {
          request,
          succeed: (token, lifeMs) => settle(exchange, () => resolve(tokenB(token, now() + lifeMs))),
          fail: (error) => settle(exchange, () => reject(error)),
        };
        pending.push(exchange);
        return promise;
      },
    },
    memory,
    shared,
    failures: new NegativeCache(now),
    metrics: counters,
    log,
    now,
  });
  const settle = (exchange: PendingExchange, how: () => void): void => {
    pending.splice(pending.indexOf(exchange), 1);
    how();
  };
  return { broker, memory, pending, clock, counters, lines, events };
}

/** Lets everything run that waits for nothing outside. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A shared cache in memory that believes whatever it was told, however old. */
export function sharedMap(): SharedCache & { readonly entries: Map<string, CachedToken> } {
  const entries = new Map<string, CachedToken>();
  return {
    entries,
    get: async (key) => entries.get(key),
    set: async (key, entry) => void entries.set(key, entry),
    delete: async (key) => void entries.delete(key),
  };
}
