import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { FunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import type { LocalAzure } from "../../local/azure.ts";
import { startFunctionApp } from "../support/functionApp.ts";
import { startRedisServer } from "../support/redisServer.ts";
import { signInUsers } from "../support/signIn.ts";
import { allAtOnce, exchangesOver } from "./crowd.ts";

const INSTANCES = 4;
const LOOK_EVERY_MS = 20;
const KEY_BYTES = 32;

export interface SharedExchanges {
  /** Of the instances together, for one cold user called at all of them at once. */
  readonly together: number;
  /** Of one more, started afterwards. */
  readonly fresh: number;
}

/** Undefined where there is no redis-server. */
export async function sharedExchanges(
  azure: LocalAzure,
  appDirectory: string,
  calls: number,
): Promise<SharedExchanges | undefined> {
  await using redis = await startRedisServer();
  if (redis === undefined) return undefined;
  await using stack = new AsyncDisposableStack();
  const settings = {
    DownstreamApis__profile__BaseUrl: azure.profile.url,
    TokenCache__Redis__Url: redis.url,
    // A crowd keeps the process busy for longer than the usual tenth of a second.
    TokenCache__Redis__TimeoutSeconds: "5",
    TokenCache__EncryptionKeys__0__Id: "k1",
    TokenCache__EncryptionKeys__0__Value: randomBytes(KEY_BYTES).toString("base64"),
  };
  const start = async (): Promise<FunctionsHost> => {
    const host = await startFunctionApp({ appDirectory, azure, settings });
    stack.defer(() => host.close());
    return host;
  };
  const entries = async (count: number): Promise<void> => {
    while ((await redis.entries()) < count) await delay(LOOK_EVERY_MS);
  };
  const hosts: FunctionsHost[] = [];
  const [token = "", ...others] = await signInUsers(azure, 1 + INSTANCES);
  for (const [index, other] of others.entries()) {
    const host = await start();
    hosts.push(host);
    // It is connected to Redis once it has written another user's token there.
    await allAtOnce([{ host, token: other }]);
    await entries(index + 1);
  }
  const crowd = hosts.flatMap((host) => Array.from({ length: calls / INSTANCES }, () => ({ host, token })));
  const [together] = await exchangesOver(azure, () => allAtOnce(crowd));
  await entries(others.length + 1);
  const fifth = await start();
  const [fresh] = await exchangesOver(azure, () => allAtOnce([{ host: fifth, token }]));
  return { together, fresh };
}
