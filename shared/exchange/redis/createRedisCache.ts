import type { Clock } from "../../clock.ts";
import type { RedisSettings } from "../../config/settings.ts";
import { azureIdentity } from "../../credentials/azureIdentity.ts";
import type { VaultReaderOptions } from "../../credentials/vaultAccess.ts";
import { loadedOnce } from "../../loadedOnce.ts";
import { describeError } from "../../telemetry/describeError.ts";
import type { Log } from "../../telemetry/log.ts";
import type { SharedCacheMetrics } from "../../telemetry/tokenMetrics.ts";
import { encryptionKeys } from "./encryptionKeys.ts";
import { Outage } from "./outage.ts";
import { RedisCache } from "./redisCache.ts";
import type { Backoff } from "./redisConnection.ts";
import { RedisConnection } from "./redisConnection.ts";
import { openRedisLink } from "./redisLink.ts";
import { redisServer } from "./redisServer.ts";
import { TokenSeal } from "./tokenSeal.ts";

/** From the first packet to the accepted sign-in, a token from Entra ID included. Nobody waits for it. */
const CONNECT_TIMEOUT_MS = 10_000;

export interface CreateRedisCacheOptions extends VaultReaderOptions {
  readonly metrics: SharedCacheMetrics;
  readonly log: Log;
  readonly now: Clock;
  readonly stopwatch?: Clock;
  readonly backoff?: Backoff;
}

/**
 * The shared cache over Redis. It begins to connect in the background; Redis's client, Azure's SDK and the keys are
 * loaded there, so that an app without Redis pays for none of them, and one with it starts as fast.
 */
export function createRedisCache(settings: RedisSettings, options: CreateRedisCacheOptions): RedisCache {
  const { instance, environment, metrics, log, now, backoff } = options;
  const { server, timeoutMs } = settings;
  const stopwatch = options.stopwatch ?? (() => performance.now());
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
    stopwatch,
    ...(backoff === undefined ? {} : { backoff }),
  });
  return new RedisCache({ connection, seal, metrics, log, now, stopwatch });
}
