import { randomBytes } from "node:crypto";
import type { EncryptionKeySettings, RedisSettings } from "../../../../../shared/config/settings.ts";
import { NegativeCache } from "../../../../../shared/exchange/negativeCache.ts";
import type { RedisCache } from "../../../../../shared/exchange/redis/redisCache.ts";
import { createRedisCache } from "../../../../../shared/exchange/redis/redisCache.ts";
import { TokenBroker } from "../../../../../shared/exchange/tokenBroker.ts";
import { MemoryCache } from "../../../../../shared/exchange/tokenCache.ts";
import { Secret } from "../../../../../shared/secret.ts";
import { TokenCounters } from "../../../../../shared/telemetry/tokenMetrics.ts";
import { apiOf, GATEWAY, HOUR_MS, RING, recordedLog, requestOf, tokenB, userOf } from "../../support/subjects.ts";
import { eventually } from "./redis.ts";

/** Long enough for a machine with much else to do; what is about time-outs says so itself. */
const TIMEOUT_MS = 5_000;
/** A test does not wait half a minute for a connection. */
const BACKOFF = { firstMs: 20, mostMs: 100 };

export function encryptionKeyOf(id: string): EncryptionKeySettings {
  return { id, source: "value", value: new Secret(randomBytes(32).toString("base64")) };
}

export const KEY = encryptionKeyOf("k1");

export interface InstanceDraft {
  readonly url?: string;
  readonly server?: RedisSettings["server"];
  readonly timeoutMs?: number;
  readonly keys?: readonly EncryptionKeySettings[];
  readonly now?: () => number;
  readonly instance?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const api = apiOf("graph");
let made = 0;

/** An instance of the app, as far as tokens go: the real cache over a real Redis, and exchanges that are counted. */
export function startInstance(draft: InstanceDraft) {
  const { now = Date.now, instance = "https://login.example", environment = {} } = draft;
  const counters = new TokenCounters();
  const { log, lines, events } = recordedLog();
  const settings: RedisSettings = {
    server: draft.server ?? { authentication: "url", url: new Secret(draft.url ?? "") },
    timeoutMs: draft.timeoutMs ?? TIMEOUT_MS,
    encryptionKeys: draft.keys ?? [KEY],
  };
  const cache: RedisCache = createRedisCache(settings, {
    metrics: counters,
    log,
    now,
    backoff: BACKOFF,
    instance,
    environment,
  });
  const broker = new TokenBroker({
    clientId: GATEWAY,
    ring: RING,
    exchange: { exchange: async () => tokenB(`token-B-${++made}`, now() + HOUR_MS) },
    memory: new MemoryCache({ maxEntries: 1_000, maxBytes: 10_000_000, now }),
    shared: cache,
    failures: new NegativeCache(now),
    metrics: counters,
    log,
    now,
  });
  const count = (name: string): number => counters.counts[name] ?? 0;
  const subject = (user: string) => ({ user: userOf(user), api });
  return {
    cache,
    broker,
    lines,
    events,
    count,
    /** Until it is connected: a busy machine may take longer for that than a first call waits. */
    connected: () =>
      eventually(async () => {
        await cache.get("nothing");
        return count("shared.get.ok") > 0;
      }),
    counters,
    /** Token B for a user, as text. */
    call: async (user: string): Promise<string> =>
      (await broker.accessToken(requestOf(userOf(user), api))).token.reveal(),
    drop: (user: string, token: string) => broker.drop(subject(user), tokenB(token, 0)),
  };
}

export type Instance = ReturnType<typeof startInstance>;
