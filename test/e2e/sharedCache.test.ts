import { randomBytes } from "node:crypto";
import type { FunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { startFunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { request } from "undici";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { appSettings } from "../../local/appSettings.ts";
import type { LocalAzure } from "../../local/azure.ts";
import { startLocalAzure } from "../../local/azure.ts";
import type { RedisUnderTest } from "../shared/exchange/redis/support/redis.ts";
import { eventually, redisInstalled, startRedis } from "../shared/exchange/redis/support/redis.ts";

const CALLERS = 250;

/** The app as it is deployed, in several instances: processes of their own, with nothing in common but Redis. */
describe.skipIf(!redisInstalled)("instances that share a Redis", () => {
  let azure: LocalAzure;
  let redis: RedisUnderTest;
  const hosts: FunctionsHost[] = [];
  const lines: string[] = [];

  beforeAll(async () => {
    azure = await startLocalAzure();
    redis = await startRedis();
    azure.keyVault.setSecret("cache-key", randomBytes(32).toString("base64"));
  });
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.close();
    lines.splice(0);
  });
  afterAll(async () => {
    await redis?.close();
    await azure?.close();
  });

  const start = async (settings: Readonly<Record<string, string>> = {}): Promise<FunctionsHost> => {
    const host = await startFunctionsHost({
      appDirectory: inject("packagedApp"),
      settings: {
        ...appSettings(azure, "secret"),
        TokenCache__Redis__Url: redis.url,
        TokenCache__Redis__TimeoutSeconds: "5",
        TokenCache__EncryptionKeys__0__Id: "k1",
        TokenCache__EncryptionKeys__0__KeyVaultUrl: azure.keyVault.url,
        TokenCache__EncryptionKeys__0__KeyVaultSecretName: "cache-key",
        ...settings,
      },
      log: (line) => lines.push(JSON.stringify(line)),
    });
    hosts.push(host);
    return host;
  };
  const signIn = (): Promise<string> =>
    azure.entra.issueUserToken({
      user: azure.seed.users.alice.oid,
      client: azure.seed.client.clientId,
      scope: azure.seed.scopes.gateway,
    });
  const call = async ({ url }: FunctionsHost, token: string): Promise<number> => {
    const answer = await request(`${url}/api/downstream/profile/me`, { headers: { authorization: `Bearer ${token}` } });
    await answer.body.dump();
    return answer.statusCode;
  };
  const exchanges = (): number =>
    azure.entra.requests.filter(({ grantType }) => grantType === "urn:ietf:params:oauth:grant-type:jwt-bearer").length;

  it("exchange once each at the most, and a fresh one not at all", async () => {
    const four = await Promise.all(Array.from({ length: 4 }, () => start()));
    // Their connections stand once each has written a token of somebody else's.
    for (const [index, host] of four.entries()) {
      await call(host, await signIn());
      await eventually(async () => (await redis.values()).size === index + 1);
    }
    const others = exchanges();
    const token = await signIn();
    const answers = await Promise.all(four.flatMap((host) => Array.from({ length: CALLERS }, () => call(host, token))));
    expect(answers.every((status) => status === 200)).toBe(true);
    expect(exchanges() - others).toBeLessThanOrEqual(4);
    expect(exchanges() - others).toBeGreaterThan(0);

    const [before, fresh] = [exchanges(), await start()];
    expect(await call(fresh, token)).toBe(200);
    expect(exchanges()).toBe(before);
    expect(lines.join("\n")).not.toContain("shared_cache_unavailable");
  });

  it("forget a token that the API rejects in Redis too, and share the one that takes its place", async () => {
    const [one, other] = [await start(), await start()];
    for (const host of [one, other]) {
      const before = (await redis.values()).size;
      await call(host, await signIn());
      await eventually(async () => (await redis.values()).size > before);
    }
    const token = await signIn();
    const values = async () => [...(await redis.values()).values()].map((value) => value.toString("base64"));
    const others = await values();
    const own = async () => (await values()).filter((value) => !others.includes(value));
    expect(await call(one, token)).toBe(200);
    await eventually(async () => (await own()).length === 1);
    const [rejected] = await own();

    // A long body cannot be sent again: the challenge passes, the token goes.
    const before = exchanges();
    azure.profile.faults.failing(401, {}, { requests: 1, pathPrefix: "/upload" });
    const answer = await request(`${one.url}/api/downstream/profile/upload`, {
      method: "PUT",
      body: Buffer.alloc(200_000),
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.body.dump();
    expect(answer.statusCode).toBe(401);
    await eventually(async () => (await own()).length === 0);
    expect(await call(one, token)).toBe(200);
    await eventually(async () => (await own()).length === 1);
    expect(await own()).not.toContain(rejected);
    expect(await call(other, token)).toBe(200);
    expect(exchanges() - before).toBe(1);
  });

  it("serve calls without Redis, and say so once", async () => {
    const host = await start({ TokenCache__Redis__Url: "redis://127.0.0.1:1" });
    const token = await signIn();
    const others = exchanges();
    for (let count = 0; count < 3; count++) expect(await call(host, token)).toBe(200);
    expect(exchanges() - others).toBe(1);
    await eventually(() => lines.some((line) => line.includes("shared_cache_unavailable")));
    expect(lines.filter((line) => line.includes("shared_cache_unavailable"))).toHaveLength(1);
  });
});
