import { once } from "node:events";
import { createServer } from "node:http";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildFixtureApp } from "../../bench/support/fixtureApp.ts";
import { startFunctionApp } from "../../bench/support/functionApp.ts";
import { load } from "../../bench/support/load.ts";
import { fillMsal, msalClient, msalToken, TokenEndpoint } from "../../bench/support/msalClient.ts";
import { ourBroker } from "../../bench/support/ourBroker.ts";
import { bearer, signInUsers } from "../../bench/support/signIn.ts";
import type { Downstream } from "../../bench/support/startDownstream.ts";
import { startDownstream } from "../../bench/support/startDownstream.ts";
import { API, someUser } from "../../bench/support/users.ts";
import type { LocalAzure } from "../../local/azure.ts";
import { startLocalAzure } from "../../local/azure.ts";

describe("the caches compared", () => {
  const users = Array.from({ length: 50 }, () => someUser(Date.now()));

  it("ours gives each user their own token, from memory", async () => {
    const { broker, counts, memory } = ourBroker({ maxEntries: 100, maxBytes: 1_000_000 });
    const ask = () =>
      Promise.all(users.map(async (user) => (await broker.accessToken({ user, api: API, correlationId: "c" })).token));
    const first = await ask();
    expect(await ask()).toEqual(first);
    expect(counts().misses).toBe(users.length);
    expect(memory.entries).toBe(users.length);
  });

  it("MSAL's is filled as MSAL fills it: each user's token is found, and another for each", async () => {
    const network = new TokenEndpoint();
    const client = msalClient(network);
    await fillMsal(client, network, users);
    const tokens = await Promise.all(users.map(async (user) => (await msalToken(client, user))?.accessToken));
    expect(network.requests).toBe(1);
    expect(new Set(tokens).size).toBe(users.length);
  });
});

describe("the apps compared", () => {
  let azure: LocalAzure;
  let downstream: Downstream;
  beforeAll(async () => {
    azure = await startLocalAzure();
    downstream = await startDownstream();
  });
  afterAll(async () => {
    await downstream?.[Symbol.asyncDispose]();
    await azure?.close();
  });

  it.each([
    ["hello", "hello", 0],
    ["bareProxy", "proxy/me", 0],
    ["archivedSample", "proxy/me", 6],
  ])("%s answers, with so many exchanges for six calls", async (name, path, exchanges) => {
    const settings = { DOWNSTREAM: downstream.url };
    const host = await startFunctionApp({ appDirectory: await buildFixtureApp(name), azure, settings });
    try {
      const users = (await signInUsers(azure, 3)).map(bearer);
      const before = azure.entra.counts.token;
      const { calls } = await load({ url: `${host.url}/api/${path}`, connections: 2, calls: 6, users });
      expect(calls).toBe(6);
      expect(azure.entra.counts.token - before).toBe(exchanges);
      const { user, system } = await host.workerProcessor();
      expect(user + system).toBeGreaterThan(0);
    } finally {
      await host.close();
    }
  });

  it("a refusal is no throughput", async () => {
    const server = createServer((_request, response) => response.writeHead(503).end());
    const port = await listen(server, "a test", 0);
    const load503 = load({ url: `http://127.0.0.1:${port}`, connections: 1, calls: 2, users: [{}] });
    await expect(load503).rejects.toThrow(/2 refusals/);
    const closed = once(server, "close");
    await stop(server);
    await closed;
  });
});
