import type { Attributes, Meter, ObservableResult } from "@opentelemetry/api";
import { metrics } from "@opentelemetry/api";
import type { Counts, OperationListener } from "./tokenCounters.ts";
import { TokenCounters } from "./tokenCounters.ts";

const METER = "obo-gateway";
const MS_PER_SECOND = 1000;

/** What the cache in memory holds now. */
export interface CacheSize {
  readonly entries: number;
  readonly bytes: number;
}

/** Name in `Counts`, instrument, attributes, description. */
const COUNTERS: readonly (readonly [count: string, name: string, attributes: Attributes, description: string])[] = [
  ["memoryHits", "obo.token_cache.hits", { level: "memory" }, "Calls served from a cache."],
  ["sharedHits", "obo.token_cache.hits", { level: "shared" }, "Calls served from a cache."],
  ["misses", "obo.token_cache.misses", {}, "Calls that no cache could serve."],
  ["coalesced", "obo.token_cache.coalesced", {}, "Calls served by another call's exchange."],
  ["renewals", "obo.token_cache.renewals", {}, "Renewals ahead of expiry."],
  ["sharedUnreadable", "obo.token_cache.unreadable", {}, "Shared values that could not be decrypted."],
  ["exchanges", "obo.exchange.tokens", {}, "Exchanges that brought a token."],
  ["heldBack", "obo.exchange.held_back", {}, "Calls refused without an exchange, as Entra ID asked."],
];

/**
 * Counters that OpenTelemetry sees too. Its instruments read the counts when someone collects them, so that a call pays
 * nothing for them; only the shared cache's latency is recorded as it happens. Without an SDK all of it is a no-op.
 * @param meter found when this is called: an SDK has to be registered before the app starts
 */
export function instrumentedCounters(size: () => CacheSize, meter: Meter = metrics.getMeter(METER)): TokenCounters {
  const duration = meter.createHistogram("obo.token_cache.shared.duration", {
    unit: "s",
    description: "Operations on the shared cache, by how they ended.",
  });
  const record: OperationListener = (operation, outcome, durationMs) =>
    duration.record(durationMs / MS_PER_SECOND, { operation, outcome });
  const counters = new TokenCounters(record);

  for (const name of new Set(COUNTERS.map(([, instrument]) => instrument))) {
    const rows = COUNTERS.filter(([, instrument]) => instrument === name);
    meter.createObservableCounter(name, { description: rows[0]?.[3] ?? "" }).addCallback((result) => {
      const { counts } = counters;
      for (const [count, , attributes] of rows) result.observe(counts[count] ?? 0, attributes);
    });
  }
  meter
    .createObservableCounter("obo.exchange.failures", { description: "Exchanges that brought no token, by code." })
    .addCallback((result) => observeEach(result, counters.failures));
  meter
    .createObservableGauge("obo.token_cache.entries", { description: "Tokens in memory." })
    .addCallback((result) => result.observe(size().entries));
  meter
    .createObservableGauge("obo.token_cache.size", { unit: "By", description: "What the tokens in memory take." })
    .addCallback((result) => result.observe(size().bytes));
  return counters;
}

function observeEach(result: ObservableResult, counts: Counts): void {
  for (const [code, count] of Object.entries(counts)) result.observe(count, { code });
}
