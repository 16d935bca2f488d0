import type { Clock } from "../../clock.ts";
import type { RedisSettings } from "../../config/settings.ts";
import { azureIdentity } from "../../credentials/azureIdentity.ts";
import type { VaultReaderOptions } from "../../credentials/keyVault.ts";
import { loadedOnce } from "../../loadedOnce.ts";
import type { Log } from "../../telemetry/log.ts";
import { describeError } from "../../telemetry/log.ts";
import type { SharedCacheMetrics, SharedOperation, SharedOutcome } from "../../telemetry/tokenMetrics.ts";
import type { CachedToken, SharedCache } from "../tokenCache.ts";
import type { Backoff } from "./redisConnection.ts";
import { Outage, RedisConnection, RedisTimeoutError, RedisUnavailableError } from "./redisConnection.ts";
import type { RedisLink } from "./redisLink.ts";
import { openRedisLink, RedisRefusedError, redisServer } from "./redisLink.ts";
import { encryptionKeys, TokenSeal } from "./tokenSeal.ts";

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
  readonly monotonicClock: Clock;
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
    const { connection, metrics, monotonicClock } = this.#options;
    const sinceMs = monotonicClock();
    const done = (outcome: SharedOutcome): void => metrics.operated(operation, outcome, monotonicClock() - sinceMs);
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

/** From the first packet to the accepted sign-in, a token from Entra ID included. Nobody waits for it. */
const CONNECT_TIMEOUT_MS = 10_000;

export interface CreateRedisCacheOptions extends VaultReaderOptions {
  readonly metrics: SharedCacheMetrics;
  readonly log: Log;
  readonly now: Clock;
  readonly monotonicClock?: Clock;
  readonly backoff?: Backoff;
}

/**
 * The shared cache over Redis. It begins to connect in the background; Redis's client, Azure's SDK and the keys are
 * loaded there, so that an app without Redis pays for none of them, and one with it starts as fast.
 */
export function createRedisCache(settings: RedisSettings, options: CreateRedisCacheOptions): RedisCache {
  const { instance, environment, metrics, log, now, backoff } = options;
  const { server, timeoutMs } = settings;
  const monotonicClock = options.monotonicClock ?? (() => performance.now());
  const seal = loadedOnce(
    async () => new TokenSeal(await encryptionKeys(settings.encryptionKeys, { instance, environment })),
  );
  const { managedIdentityClientId } = server.authentication === "entra" ? server : {};
  const identity = loadedOnce(() => azureIdentity({ managedIdentityClientId, instance, environment }));
  const onSignInFailed = (error: unknown) =>
    log.warning("shared_cache_sign_in_failed", { reason: describeError(error) });
  const connection = new RedisConnection({
    open: async () => {
      await seal();
      const { options: where, release } = await redisServer(server, { identity, onSignInFailed });
      return openRedisLink(where, CONNECT_TIMEOUT_MS).catch((error: unknown) => {
        release();
        throw error;
      });
    },
    timeoutMs,
    outage: new Outage(log, now),
    monotonicClock,
    ...(backoff === undefined ? {} : { backoff }),
  });
  return new RedisCache({ connection, seal, metrics, log, now, monotonicClock });
}
