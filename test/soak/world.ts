import { randomBytes } from "node:crypto";
import type { LocalDownstream } from "@obo-gateway/local-azure/downstream/downstream.ts";
import type { FunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { startFunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { appSettings } from "../../local/appSettings.ts";
import type { LocalAzure } from "../../local/azure.ts";
import { startLocalAzure } from "../../local/azure.ts";
import type { RedisUnderTest } from "../shared/exchange/redis/support/redis.ts";
import { startRedis } from "../shared/exchange/redis/support/redis.ts";
import type { ApiUnderSoak } from "./apis.ts";
import { startApis } from "./apis.ts";
import { LogWatch } from "./logWatch.ts";
import type { People } from "./people.ts";
import { signInPeople } from "./people.ts";

/** Limits as an operator could set them, short so that a fault does not take the whole run. */
export const LIMITS = {
  identityTimeoutMs: 5_000,
  responseTimeoutMs: 5_000,
  idleTimeoutMs: 2_000,
  totalTimeoutMs: 20_000,
};
/** Servers close idle connections soon, and say so (`Keep-Alive`): what is left after that is a leak. */
export const KEEP_ALIVE_MS = 4_000;
/** Fewer than there are users and APIs: the cache is full soon and stays so, and the crowd keeps exchanging. */
const CACHED_TOKENS = 400;
const MS_PER_SECOND = 1_000;

export interface WorldOptions {
  readonly appDirectory: string;
  readonly users: number;
  /** Until when their tokens hold: milliseconds since the epoch. */
  readonly signedInUntilMs: number;
  readonly redis: boolean;
  /** Laid over the settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Everything that a soak runs in. */
export interface SoakWorld extends AsyncDisposable {
  readonly azure: LocalAzure;
  readonly apis: readonly ApiUnderSoak[];
  readonly redis: RedisUnderTest | undefined;
  readonly host: FunctionsHost;
  readonly people: People;
  readonly log: LogWatch;
}

export async function startWorld(options: WorldOptions): Promise<SoakWorld> {
  await using started = new AsyncDisposableStack();
  const azure = started.adopt(await startLocalAzure({ keepAliveMs: KEEP_ALIVE_MS }), (each) => each.close());
  const apis = await startApis(azure, KEEP_ALIVE_MS);
  for (const { server } of apis.slice(2)) started.adopt(server, (each: LocalDownstream) => each.close());
  const redis = options.redis ? started.adopt(await startRedis(), (each) => each.close()) : undefined;
  const people = await signInPeople(azure, options.users, options.signedInUntilMs);
  const log = new LogWatch(azure);
  const host = await startFunctionsHost({
    appDirectory: options.appDirectory,
    settings: { ...settingsOf(azure, apis, redis), ...options.settings },
    log: log.add,
  });
  started.adopt(host, (each) => each.close());
  const all = started.move();
  return { azure, apis, redis, host, people, log, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

function settingsOf(azure: LocalAzure, apis: readonly ApiUnderSoak[], redis: RedisUnderTest | undefined) {
  const seconds = (ms: number): string => String(ms / MS_PER_SECOND);
  const settings: Record<string, string> = {
    ...appSettings(azure, "pfx"),
    // Where the certificate is rejected the secret has its turn.
    AzureAd__ClientCredentials__1__SourceType: "ClientSecret",
    AzureAd__ClientCredentials__1__ClientSecret: azure.seed.gatewaySecret,
    AzureAd__CredentialPollSeconds: "1",
    AzureAd__RequestTimeoutSeconds: seconds(LIMITS.identityTimeoutMs),
    TokenCache__MaxEntries: String(CACHED_TOKENS),
    languageWorkers__node__arguments: "--max-http-header-size=65536 --expose-gc",
  };
  for (const { name, server, scope } of apis) {
    const of = `DownstreamApis__${name}__`;
    settings[`${of}BaseUrl`] = server.url;
    settings[`${of}Scopes`] = scope;
    settings[`${of}AllowedMethods`] = "GET HEAD POST PUT PATCH DELETE OPTIONS";
    settings[`${of}ResponseTimeoutSeconds`] = seconds(LIMITS.responseTimeoutMs);
    settings[`${of}IdleTimeoutSeconds`] = seconds(LIMITS.idleTimeoutMs);
    settings[`${of}TotalTimeoutSeconds`] = seconds(LIMITS.totalTimeoutMs);
  }
  if (redis !== undefined) {
    settings.TokenCache__Redis__Url = redis.url;
    settings.TokenCache__EncryptionKeys__0__Id = "soak";
    settings.TokenCache__EncryptionKeys__0__Value = randomBytes(32).toString("base64");
  }
  return settings;
}
