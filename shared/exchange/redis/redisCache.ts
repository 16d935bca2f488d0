import type { Clock } from "../../clock.ts";
import type { Log } from "../../telemetry/log.ts";
import type { SharedCacheMetrics, SharedOperation, SharedOutcome } from "../../telemetry/tokenMetrics.ts";
import type { CachedToken } from "../memoryCache.ts";
import type { SharedCache } from "../sharedCache.ts";
import { Outage } from "./outage.ts";
import type { RedisConnection } from "./redisConnection.ts";
import { RedisUnavailableError } from "./redisConnection.ts";
import type { RedisLink } from "./redisLink.ts";
import { RedisRefusedError } from "./redisLink.ts";
import { RedisTimeoutError } from "./timeLimit.ts";
import type { TokenSeal } from "./tokenSeal.ts";

/** Says whose keys these are, and of which layout: another release may come to another. */
const PREFIX = "obo-gateway:1:";
/** Something that is no string of ours stands at the key: not Redis's fault. */
const WRONG_TYPE = "WRONGTYPE";
const CALM_MS = 60_000;

export interface RedisCacheOptions {
  readonly connection: RedisConnection;
  /** Known by the time there is a connection. */
  readonly seal: () => Promise<TokenSeal>;
  readonly metrics: SharedCacheMetrics;
  readonly log: Log;
  readonly now: Clock;
  /** Milliseconds with fractions, from any beginning, that only go forward. */
  readonly stopwatch: Clock;
}

/** Level 2 in Redis: encrypted, each value for as long as its token may be used, and never in the way. */
export class RedisCache implements SharedCache {
  readonly #options: RedisCacheOptions;
  /** What Redis refuses while the connection stands: writes when it is full, reads that an ACL forbids. */
  readonly #refusals: Readonly<Record<SharedOperation, Outage>>;

  constructor(options: RedisCacheOptions) {
    this.#options = options;
    const { log, now } = options;
    const refusal = (operation: SharedOperation) => new Outage(log, now, { fields: { operation }, calmMs: CALM_MS });
    this.#refusals = { get: refusal("get"), set: refusal("set"), delete: refusal("delete") };
  }

  async get(key: string): Promise<CachedToken | undefined> {
    const { seal, metrics, now } = this.#options;
    const value = await this.#operate("get", (link) => link.get(PREFIX + key));
    if (value === undefined || value === null) return undefined;
    const opened = (await seal()).open(key, value);
    if (opened === undefined) metrics.unreadable();
    return opened !== undefined && now() < opened.usableUntilMs ? opened : undefined;
  }

  async set(key: string, entry: CachedToken): Promise<void> {
    const { seal, now } = this.#options;
    await this.#operate("set", async (link) => {
      const ttlMs = Math.floor(entry.usableUntilMs - now());
      if (ttlMs > 0) await link.set(PREFIX + key, (await seal()).seal(key, entry), ttlMs);
    });
  }

  async delete(key: string): Promise<void> {
    await this.#operate("delete", (link) => link.delete(PREFIX + key));
  }

  /** Ends the connection for good. */
  close(): void {
    this.#options.connection.close();
  }

  async #operate<T>(operation: SharedOperation, work: (link: RedisLink) => Promise<T>): Promise<T | undefined> {
    const { connection, metrics, stopwatch } = this.#options;
    const sinceMs = stopwatch();
    const done = (outcome: SharedOutcome): void => metrics.operated(operation, outcome, stopwatch() - sinceMs);
    try {
      const result = await connection.use(work);
      done("ok");
      this.#refusals[operation].ended();
      return result;
    } catch (error) {
      // No failure of the shared cache is one of the call. The connection says itself when it is gone.
      done(outcomeOf(error));
      if (error instanceof RedisRefusedError) this.#refused(operation, error);
      return undefined;
    }
  }

  #refused(operation: SharedOperation, error: RedisRefusedError): void {
    if (operation === "get" && error.code === WRONG_TYPE) this.#options.metrics.unreadable();
    else this.#refusals[operation].began(error);
  }
}

function outcomeOf(error: unknown): SharedOutcome {
  if (error instanceof RedisTimeoutError) return "timeout";
  if (error instanceof RedisUnavailableError) return "unavailable";
  return error instanceof RedisRefusedError ? "refused" : "unavailable";
}
