import { PassThrough, Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DownstreamApiSettings } from "../../../shared/config/settings.ts";
import { DownstreamApi } from "../../../shared/downstream/downstreamApi.ts";
import { DownstreamCalls } from "../../../shared/downstream/downstreamCalls.ts";
import type { DownstreamRequest } from "../../../shared/downstream/downstreamClient.ts";
import { recordedLog, tokenB, userOf } from "../exchange/support/subjects.ts";
import { apiSettings } from "./support/apiSettings.ts";
import { bytesOf, failureOf, get } from "./support/calls.ts";
import type { Scripted, ScriptedApi } from "./support/scriptedApi.ts";
import { startScriptedApi } from "./support/scriptedApi.ts";

const OK: Scripted = { status: 200 };
const REJECTED: Scripted = { status: 401 };

let server: ScriptedApi;
const opened: DownstreamApi[] = [];
beforeAll(async () => {
  server = await startScriptedApi();
});
afterEach(async () => {
  for (const api of opened.splice(0)) await api.close();
});
afterAll(() => server.close());

/** An API with one connection, over real sockets. */
function world(settings: Partial<DownstreamApiSettings> = {}, failure?: Error) {
  const clock = { ms: 1_900_000_000_000 };
  const api = apiSettings({ origin: server.url, maxConnections: 1, maxConcurrentCallsPerUser: 1, ...settings });
  const { log } = recordedLog();
  const target = new DownstreamApi(api, { log, now: () => clock.ms });
  opened.push(target);
  const calls = new DownstreamCalls({
    broker: {
      accessToken: async () => ({ ...tokenB("T1", 0), cached: true }),
      replace: async () => {
        if (failure !== undefined) throw failure;
        return tokenB("T2", 0);
      },
      forget: () => undefined,
    },
    realm: { authorizationUri: "https://login.example/authorize", clientId: "the-gateway" },
    now: () => clock.ms,
  });
  const start = (request: Partial<DownstreamRequest> = {}, user = "alice") =>
    calls.call({ user: userOf(user), target, api, request: get("/x", request), log });
  return { start, target, clock };
}

/** Waits for it without a limit of its own: the test's limit is that of a leak. */
async function freed({ calls }: DownstreamApi): Promise<void> {
  while (calls.underWay > 0 || calls.waiting > 0) await turn();
}

describe("a permit is given back", () => {
  it.each<[string, Scripted[], Partial<DownstreamRequest>]>([
    ["after an answer", [OK], {}],
    ["after 204", [{ status: 204 }], {}],
    ["after 304 that states a length", [{ status: 304, headers: { "content-length": "9" } }], {}],
    ["after the answer to HEAD", [OK], { method: "HEAD" }],
    ["after a replay with another token", [REJECTED, OK], {}],
    ["after a replay that is rejected too", [REJECTED, REJECTED], {}],
    ["after a repeated connection failure", ["cut", OK], {}],
    ["after a failure, and a 401 to the second attempt", ["cut", REJECTED], {}],
  ])("%s", async (_, script, request) => {
    const { start, target } = world({ retryConnectionFailures: true });
    server.script(...script);
    // Twice: of one connection there is one permit.
    for (let time = 0; time < 2; time++) {
      await bytesOf((await start(request)).body);
      await freed(target);
      server.script(...script);
    }
    expect(target.calls).toMatchObject({ underWay: 0, waiting: 0 });
  });

  it.each<[string, Scripted[], Partial<DownstreamApiSettings>, () => Partial<DownstreamRequest>]>([
    ["the connection is cut", ["cut"], {}, () => ({})],
    ["the connection is cut twice", ["cut"], { retryConnectionFailures: true }, () => ({})],
    ["the connection is cut amid the head", ["half a head"], {}, () => ({})],
    ["nothing comes in time", ["nothing"], { responseTimeoutMs: 50 }, () => ({})],
    ["the whole time is over", ["nothing"], { totalTimeoutMs: 50 }, () => ({})],
    [
      "the API is not there",
      [OK],
      { origin: "http://127.0.0.1:1" },
      () => ({ method: "PUT", body: new PassThrough() }),
    ],
    ["the client was gone before", [OK], {}, () => ({ signal: AbortSignal.abort() })],
    ["a body is too long", [OK], { maxRequestBodyBytes: 1 }, () => ({ method: "PUT", body: Readable.from(["text"]) })],
    [
      "a header cannot be sent",
      [OK],
      {},
      () => ({ rawHeaders: ["x-bad", "\u0000"], method: "PUT", body: new PassThrough() }),
    ],
    ["the path leads elsewhere", [OK], { basePath: "/v1" }, () => ({ body: new PassThrough(), method: "PUT" })],
  ])("when %s", async (_, script, settings, request) => {
    const { start, target } = world(settings);
    server.script(...script);
    await failureOf(start(request()));
    await freed(target);
    server.script(OK);
  });

  it("when no other token can be had", async () => {
    const { start, target } = world({}, new Error("Entra ID is away"));
    server.script(REJECTED);
    expect(await failureOf(start())).toMatchObject({ message: "Entra ID is away" });
    await freed(target);
  });

  it("when the answer breaks off, when nobody wants its rest, and when the client leaves amid it", async () => {
    const { start, target } = world();
    server.script("half a body");
    await failureOf(bytesOf((await start()).body));
    await freed(target);
    server.script(OK);
    (await start()).body.on("error", () => undefined).destroy();
    await freed(target);
    const gone = new AbortController();
    const { body } = await start({ signal: gone.signal });
    body.on("error", () => undefined);
    expect(target.calls.underWay).toBe(1);
    gone.abort();
    await freed(target);
  });

  it("when the client breaks its upload off, and when the answer comes before the upload's end", async () => {
    const { start, target } = world();
    server.script("nothing");
    const broken = new PassThrough();
    const failed = failureOf(start({ method: "PUT", body: broken }));
    broken.write("x");
    while (target.calls.underWay === 0) await turn();
    broken.destroy(new Error("aborted"));
    await failed;
    await freed(target);
    server.script({ status: 413, unread: true });
    const endless = new PassThrough();
    endless.write("x");
    await bytesOf((await start({ method: "POST", body: endless })).body);
    await freed(target);
  });

  it("not before: an answer that is not read yet keeps it, and the next call waits", async () => {
    const { start, target } = world();
    server.script(OK);
    const first = await start();
    const second = start();
    while (target.calls.waiting === 0) await turn();
    await turn();
    expect(target.calls).toMatchObject({ underWay: 1, waiting: 1 });
    await bytesOf(first.body);
    expect((await bytesOf((await second).body)).toString()).toBe("answer 200");
    await freed(target);
  });
});

describe("the queue and the circuit breaker", () => {
  const BREAKER = { circuitBreaker: { failures: 1, pauseMs: 1_000 } };

  it("a refusal of the queue is no failure of the API", async () => {
    const { start, target } = world({ ...BREAKER, queueTimeoutMs: 20 });
    server.script(OK);
    const first = await start();
    expect(await failureOf(start())).toMatchObject({ code: "too_many_concurrent_calls" });
    expect(await failureOf(start({}, "bob"))).toMatchObject({ code: "downstream_busy" });
    await bytesOf(first.body);
    expect((await bytesOf((await start()).body)).toString()).toBe("answer 200");
    await freed(target);
  });

  it("an open breaker answers without waiting, and a waiting call is no probe: the first that is sent is", async () => {
    const { start, target, clock } = world({ ...BREAKER, maxConnections: 2 });
    server.script(OK);
    const first = await start();
    const waiting = start();
    while (target.calls.waiting === 0) await turn();
    server.script("cut");
    await failureOf(start({}, "bob"));
    expect(await failureOf(start())).toMatchObject({ code: "downstream_unavailable" });
    clock.ms += 1_000;
    // Alice waits for her own call; Bob's goes out and closes the breaker.
    server.script(OK);
    await bytesOf((await start({}, "bob")).body);
    await bytesOf(first.body);
    expect((await waiting).status).toBe(200);
    await bytesOf((await waiting).body);
    await freed(target);
  });

  it("a call that the queue left no time does not open it; one that the API kept waiting does", async () => {
    const short = world({ ...BREAKER, totalTimeoutMs: 1_000 });
    server.script(OK);
    const first = await short.start();
    const late = failureOf(short.start());
    while (short.target.calls.waiting === 0) await turn();
    short.clock.ms += 990;
    server.script("nothing");
    await bytesOf(first.body);
    expect(await late).toMatchObject({ code: "downstream_timeout" });
    server.script(OK);
    await bytesOf((await short.start()).body);

    const slow = world({ ...BREAKER, responseTimeoutMs: 100 });
    const before = await slow.start();
    const hung = failureOf(slow.start());
    while (slow.target.calls.waiting === 0) await turn();
    server.script("nothing");
    await bytesOf(before.body);
    expect(await hung).toMatchObject({ code: "downstream_timeout" });
    expect(await failureOf(slow.start())).toMatchObject({ code: "downstream_unavailable" });
  });
});
