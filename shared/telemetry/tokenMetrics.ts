import type { Attributes, Meter, ObservableResult } from "@opentelemetry/api";
import { metrics } from "@opentelemetry/api";
import { GatewayError } from "../errors/errors.ts";
import type { Log } from "./log.ts";

/** What the token cache and the exchange are counted by. */
export interface TokenMetrics {
  hit(level: "memory" | "shared"): void;
  miss(): void;
  /** A caller who got the result of somebody else's exchange. */
  coalesced(): void;
  /** A renewal ahead of expiry was started. */
  renewed(): void;
  exchanged(): void;
  /** An exchange that brought no token. */
  failed(error: unknown): void;
  /** A caller who was told of a failure that still holds, without an exchange. */
  heldBack(): void;
}

export type SharedOperation = "get" | "set" | "delete";

/**
 * How an operation on the shared cache ended. `refused`: it answered with an error; `unavailable`: there was no
 * connection, and none was waited for.
 */
export type SharedOutcome = "ok" | "timeout" | "refused" | "unavailable";

/** What the shared cache is counted by. */
export interface SharedCacheMetrics {
  operated(operation: SharedOperation, outcome: SharedOutcome, durationMs: number): void;
  /** A value that cannot be decrypted or understood: a miss. */
  unreadable(): void;
}

/** Counts, by name. Failures have their code in the name: `failures.throttled`. */
export type Counts = Readonly<Record<string, number>>;

/** Told of each operation on the shared cache as it ends, beside the counts: for a histogram. */
export type OperationListener = (operation: SharedOperation, outcome: SharedOutcome, durationMs: number) => void;

/** Counts since the process started. Counting is adding one to a number: it costs a call nothing. */
export class TokenCounters implements TokenMetrics, SharedCacheMetrics {
  readonly #counts = {
    memoryHits: 0,
    sharedHits: 0,
    misses: 0,
    coalesced: 0,
    renewals: 0,
    exchanges: 0,
    heldBack: 0,
    sharedUnreadable: 0,
    sharedMs: 0,
  };
  readonly #failures = new Map<string, number>();
  readonly #operations = new Map<`${SharedOperation}.${SharedOutcome}`, number>();
  readonly #onOperation: OperationListener;

  constructor(onOperation: OperationListener = () => undefined) {
    this.#onOperation = onOperation;
  }

  hit(level: "memory" | "shared"): void {
    if (level === "memory") this.#counts.memoryHits++;
    else this.#counts.sharedHits++;
  }

  miss(): void {
    this.#counts.misses++;
  }

  coalesced(): void {
    this.#counts.coalesced++;
  }

  renewed(): void {
    this.#counts.renewals++;
  }

  exchanged(): void {
    this.#counts.exchanges++;
  }

  heldBack(): void {
    this.#counts.heldBack++;
  }

  failed(error: unknown): void {
    add(this.#failures, error instanceof GatewayError ? error.code : "unknown");
  }

  unreadable(): void {
    this.#counts.sharedUnreadable++;
  }

  operated(operation: SharedOperation, outcome: SharedOutcome, durationMs: number): void {
    add(this.#operations, `${operation}.${outcome}`);
    if (outcome !== "unavailable") this.#counts.sharedMs += durationMs;
    this.#onOperation(operation, outcome, durationMs);
  }

  /** By code; `unknown` for what is no failure of ours. */
  get failures(): Counts {
    return Object.fromEntries(this.#failures);
  }

  /** By operation and outcome: `get.ok`. */
  get operations(): Counts {
    return Object.fromEntries(this.#operations);
  }

  /** All of them at this moment. */
  get counts(): Counts {
    return {
      ...this.#counts,
      ...prefixed("failures.", this.#failures),
      ...prefixed("shared.", this.#operations),
    };
  }
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function prefixed(prefix: string, counts: ReadonlyMap<string, number>): Counts {
  return Object.fromEntries([...counts].map(([name, count]) => [`${prefix}${name}`, count]));
}

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

const EVERY_MS = 300_000;

export interface CountsReportOptions {
  readonly counts: () => Counts;
  readonly size: () => CacheSize;
  readonly log: Log;
  /** Calls again and again until the returned function is called. Tests bring their own. */
  readonly every?: (ms: number, work: () => void) => () => void;
}

/**
 * Logs what was counted since the last line, every five minutes in which anything was: so that the figures are in
 * Application Insights without an SDK in the app.
 * @returns ends it
 */
export function reportCounts({ counts, size, log, every = unreferencedInterval }: CountsReportOptions): () => void {
  let last: Counts = {};
  return every(EVERY_MS, () => {
    const now = counts();
    const since = difference(now, last);
    if (Object.keys(since).length === 0) return;
    last = now;
    const { entries, bytes } = size();
    log.info("token_cache", { seconds: EVERY_MS / 1000, ...since, entries, bytes });
  });
}

/** Only what changed: a line says what happened, not what did not. */
function difference(now: Counts, before: Counts): Counts {
  const changes = Object.entries(now).map(([name, count]) => [name, rounded(count - (before[name] ?? 0))] as const);
  return Object.fromEntries(changes.filter(([, change]) => change !== 0));
}

/** Milliseconds come with fractions that nobody reads. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function unreferencedInterval(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms).unref();
  return () => clearInterval(timer);
}
