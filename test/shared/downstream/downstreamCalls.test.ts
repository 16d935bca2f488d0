import { PassThrough, Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DownstreamApiSettings } from "../../../shared/config/settings.ts";
import { DownstreamApi } from "../../../shared/downstream/downstreamApi.ts";
import { DownstreamCalls } from "../../../shared/downstream/downstreamCalls.ts";
import type { DownstreamRequest } from "../../../shared/downstream/downstreamClient.ts";
import { MAX_KEPT_BYTES } from "../../../shared/downstream/requestBody.ts";
import { InteractionRequiredError } from "../../../shared/errors/errors.ts";
import type { ExchangeRequest } from "../../../shared/exchange/onBehalfOfExchange.ts";
import type { AccessToken } from "../../../shared/exchange/tokenCache.ts";
import { recordedLog, tokenB, userOf } from "../exchange/support/subjects.ts";
import { apiSettings } from "./support/apiSettings.ts";
import { bytesOf, failureOf, get } from "./support/calls.ts";
import type { Scripted, ScriptedApi } from "./support/scriptedApi.ts";
import { startScriptedApi } from "./support/scriptedApi.ts";

const REALM = { authorizationUri: "https://login.example/authorize", clientId: "the-gateway" };
const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const OTHER_CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c2"}}}';
const UNAUTHORIZED: Scripted = { status: 401, headers: { "www-authenticate": 'Bearer realm="inside.corp"' } };
const OK: Scripted = { status: 200 };
const demanding = (claims: string, more: object = {}): Scripted => ({
  status: 401,
  headers: {
    "www-authenticate": `Bearer realm="inside.corp", error="insufficient_claims", claims="${Buffer.from(claims).toString("base64")}"`,
  },
  ...more,
});

let server: ScriptedApi;
const opened: DownstreamApi[] = [];
beforeAll(async () => {
  server = await startScriptedApi();
});
afterEach(async () => {
  for (const api of opened.splice(0)) await api.close();
});
afterAll(() => server.close());

/** Calls with a broker that gives numbered tokens: from its cache, until one is replaced. */
function world(settings: Partial<DownstreamApiSettings> = {}, draft: { cached?: boolean; failure?: Error } = {}) {
  const clock = { ms: 1_900_000_000_000 };
  const api = apiSettings({ origin: server.url, ...settings });
  const { log, lines, events } = recordedLog();
  const target = new DownstreamApi(api, { log, now: () => clock.ms });
  opened.push(target);
  const replaced: (string | undefined)[] = [];
  const forgotten: string[] = [];
  let issued: AccessToken = tokenB("T1", 0);
  let count = 1;
  let cached = draft.cached !== false;
  const calls = new DownstreamCalls({
    broker: {
      accessToken: async () => {
        const given: AccessToken = cached ? { ...issued, cached: true } : issued;
        cached = true;
        return given;
      },
      replace: async ({ claims }: ExchangeRequest) => {
        replaced.push(claims);
        if (draft.failure !== undefined) throw draft.failure;
        issued = { ...tokenB(`T${++count}`, 0), ...(claims === undefined ? {} : { claims }) };
        return issued;
      },
      forget: (_, { token }) => void forgotten.push(token.reveal()),
    },
    realm: REALM,
    now: () => clock.ms,
  });
  const start = (request: Partial<DownstreamRequest> = {}) =>
    calls.call({ user: userOf("alice"), target, api, request: get("/x", request), log });
  const call = async (request: Partial<DownstreamRequest> = {}) => {
    const { status, headers, body } = await start(request);
    return { status, headers: Object.fromEntries(headers), text: (await bytesOf(body)).toString() };
  };
  const tokens = () => server.received.map(({ token }) => token);
  return { call, start, clock, tokens, replaced, forgotten, lines, events };
}

describe("a claims challenge", () => {
  it("is answered with a token that meets it, and the call made again", async () => {
    const { call, tokens, replaced, lines } = world();
    server.script(demanding(CLAIMS), OK);
    expect(await call()).toMatchObject({ status: 200, text: "answer 200" });
    expect([tokens(), replaced]).toEqual([["T1", "T2"], [CLAIMS]]);
    expect(lines).toMatchObject([{ event: "call_repeated", api: "profile", challenge: "claims" }]);
  });

  it("is answered also where the token was exchanged for this very call", async () => {
    const { call, tokens } = world({}, { cached: false });
    server.script(demanding(CLAIMS), OK);
    expect([(await call()).status, tokens()]).toEqual([200, ["T1", "T2"]]);
  });

  it("made again passes to the client, in the gateway's name, and nothing is tried a third time", async () => {
    const { call, tokens, forgotten } = world();
    server.script(demanding(CLAIMS));
    const { status, headers } = await call();
    expect(status).toBe(401);
    expect(headers["www-authenticate"]).toBe(
      `Bearer realm="", authorization_uri="https://login.example/authorize", client_id="the-gateway", error="insufficient_claims", claims="${Buffer.from(CLAIMS).toString("base64")}"`,
    );
    expect([tokens(), forgotten]).toEqual([["T1", "T2"], []]);
  });

  it("that even a new token does not meet costs no exchange per call; other claims, or five seconds, do", async () => {
    const { call, clock, tokens, replaced } = world();
    server.script(demanding(CLAIMS));
    for (let time = 0; time < 5; time++) expect((await call()).status).toBe(401);
    expect([tokens(), replaced]).toEqual([["T1", "T2", "T2", "T2", "T2", "T2"], [CLAIMS]]);
    server.script(demanding(OTHER_CLAIMS), OK);
    expect([(await call()).status, replaced]).toEqual([200, [CLAIMS, OTHER_CLAIMS]]);
    server.script(demanding(OTHER_CLAIMS));
    await call();
    await call();
    expect(replaced).toHaveLength(3);
    clock.ms += 5_000;
    await call();
    expect(replaced).toHaveLength(4);
  });

  it("that makes Entra ID want the user becomes its challenge, with the API's claims where it names none", async () => {
    for (const [claims, expected] of [
      [undefined, CLAIMS],
      ["{}", "{}"],
    ] as const) {
      const failure = new InteractionRequiredError(
        { errorCodes: [50076], ...(claims === undefined ? {} : { claims }) },
        "d",
      );
      const { start } = world({}, { failure });
      server.script(demanding(CLAIMS), OK);
      expect(await failureOf(start())).toMatchObject({
        code: "interaction_required",
        diagnosis: "d",
        members: { errorCodes: [50076], claims: expected },
        challenge: { error: "insufficient_claims", claims: expected },
      });
      expect(server.received).toHaveLength(1);
    }
  });
});

describe("another 401", () => {
  it("to a token from a cache gets one more attempt with a new token, with the claims of the old one", async () => {
    const { call, tokens, replaced } = world();
    server.script(UNAUTHORIZED, OK);
    expect([(await call()).status, tokens(), replaced]).toEqual([200, ["T1", "T2"], [undefined]]);
    server.script(demanding(CLAIMS), OK, UNAUTHORIZED, OK);
    await call();
    await call();
    expect(replaced).toEqual([undefined, CLAIMS, CLAIMS]);
  });

  it("to a new token passes at once, with a challenge that says no more than that", async () => {
    const { call, tokens, replaced, forgotten } = world({}, { cached: false });
    server.script(UNAUTHORIZED);
    const { status, headers } = await call();
    expect([status, tokens(), replaced, forgotten]).toEqual([401, ["T1"], [], []]);
    expect(headers["www-authenticate"]).toBe(
      'Bearer realm="", authorization_uri="https://login.example/authorize", client_id="the-gateway"',
    );
  });

  it("always: two attempts at the first call, one at each later, one more exchange in five seconds", async () => {
    const { call, clock, tokens, replaced } = world();
    server.script(UNAUTHORIZED);
    for (let time = 0; time < 10; time++) await call();
    expect([tokens().length, replaced.length]).toEqual([11, 1]);
    clock.ms += 5_000;
    for (let time = 0; time < 10; time++) await call();
    expect([tokens().length, replaced.length]).toEqual([22, 2]);
  });

  it("to calls that never cease does not put off the next exchange: a token revoked meanwhile is replaced", async () => {
    const { call, clock, replaced } = world();
    server.script(UNAUTHORIZED);
    for (let time = 0; time < 9; time++) {
      await call();
      clock.ms += 2_000;
    }
    expect(replaced).toHaveLength(3);
  });
});

describe("a body", () => {
  const put = (body: Readable, length?: number) => ({
    method: "PUT",
    body,
    rawHeaders: length === undefined ? [] : ["Content-Length", String(length)],
  });

  it.each([
    ["with its length", "a".repeat(1_000), true],
    ["in chunks", "b".repeat(MAX_KEPT_BYTES), false],
  ])("of at most 64 KiB is sent again, %s", async (_, text, stated) => {
    const { call } = world();
    server.script(demanding(CLAIMS), OK);
    expect((await call(put(Readable.from([Buffer.from(text)]), stated ? text.length : undefined))).status).toBe(200);
    expect(server.received.map(({ body }) => body === text)).toEqual([true, true]);
    expect(server.received[1]?.length).toBe(String(text.length));
  });

  it("is sent again when the answer came before its end", async () => {
    const { start } = world();
    server.script(demanding(CLAIMS, { unread: true }), OK);
    const body = new PassThrough();
    const called = start(put(body));
    body.write("first,");
    // The first attempt is answered; then the rest of the body comes.
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    body.end("last");
    expect((await called).status).toBe(200);
    expect(server.received[1]?.body).toBe("first,last");
  });

  it("that turns out longer than the API takes is not, though the first attempt was answered before that", async () => {
    const { start } = world({ maxRequestBodyBytes: 10 });
    server.script(demanding(CLAIMS, { unread: true }), OK);
    const body = new PassThrough();
    const called = failureOf(start(put(body)));
    body.write("first,");
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    body.end("and more");
    expect(await called).toMatchObject({ code: "request_too_large" });
    expect(server.received).toHaveLength(1);
  });

  it("that is longer is not: the challenge passes, and the token is forgotten", async () => {
    const { call, tokens, replaced, forgotten } = world();
    server.script(demanding(CLAIMS));
    const { status, headers } = await call(put(Readable.from([Buffer.alloc(MAX_KEPT_BYTES), Buffer.from("x")])));
    expect([status, tokens(), replaced, forgotten]).toEqual([401, ["T1"], [], ["T1"]]);
    expect(headers["www-authenticate"]).toContain('error="insufficient_claims"');
  });
});

describe("a connection that fails", () => {
  const RETRYING = { retryConnectionFailures: true };

  it.each(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])("%s is sent once more", async (method) => {
    const { call, tokens, lines } = world(RETRYING);
    server.script("cut", OK);
    expect([(await call({ method })).status, tokens()]).toEqual([200, ["T1", "T1"]]);
    expect(lines).toMatchObject([
      { event: "call_repeated", error: expect.stringMatching(/other side closed|ECONNRESET/) },
    ]);
  });

  it.each(["POST", "PATCH"])("%s is not", async (method) => {
    const { start, tokens } = world(RETRYING);
    server.script("cut", OK);
    expect(await failureOf(start({ method }))).toMatchObject({ code: "downstream_unreachable" });
    expect(tokens()).toHaveLength(1);
  });

  it("is not tried again unless the settings say so, nor a third time, nor when the caller is gone", async () => {
    const off = world();
    server.script("cut", OK);
    expect(await failureOf(off.start())).toMatchObject({ code: "downstream_unreachable" });
    expect(server.received).toHaveLength(1);
    const on = world(RETRYING);
    server.script("cut");
    expect(await failureOf(on.start())).toMatchObject({ code: "downstream_unreachable" });
    expect(server.received).toHaveLength(2);
    const gone = new AbortController();
    server.script("nothing");
    const failed = failureOf(on.start({ signal: gone.signal }));
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    gone.abort();
    expect(await failed).toMatchObject({ name: "CallerGoneError" });
    expect(server.received).toHaveLength(1);
  });

  it("is sent again with its body, unless that is too long or broke off", async () => {
    const { start, call } = world(RETRYING);
    server.script("cut", OK);
    expect((await call({ method: "PUT", body: Readable.from([Buffer.from("text")]) })).status).toBe(200);
    expect(server.received.map(({ body }) => body)).toEqual(["text", "text"]);
    server.script("cut", OK);
    const long = Readable.from([Buffer.alloc(MAX_KEPT_BYTES + 1)]);
    expect(await failureOf(start({ method: "PUT", body: long }))).toMatchObject({ code: "downstream_unreachable" });
    expect(server.received).toHaveLength(1);
  });

  it("is repeated where it broke within the answer's headers, not within its body, nor when the time is over", async () => {
    const { start, call } = world(RETRYING);
    server.script("half a head", OK);
    expect((await call()).status).toBe(200);
    server.script("half a body", OK);
    const { body } = await start();
    expect(await failureOf(bytesOf(body))).toMatchObject({ code: "UND_ERR_SOCKET" });
    expect(server.received).toHaveLength(1);
    const brief = world({ ...RETRYING, totalTimeoutMs: 200 });
    server.script("nothing");
    expect(await failureOf(brief.start())).toMatchObject({ code: "downstream_timeout" });
    expect(server.received).toHaveLength(1);
  });

  it("and then a 401: that passes, and the token is forgotten, for two attempts are all there are", async () => {
    const { call, tokens, replaced, forgotten } = world(RETRYING);
    server.script("cut", demanding(CLAIMS));
    expect((await call()).status).toBe(401);
    expect([tokens(), replaced, forgotten]).toEqual([["T1", "T1"], [], ["T1"]]);
  });

  it("a 401, and then a failed connection: that is the answer", async () => {
    const { start, tokens } = world(RETRYING);
    server.script(demanding(CLAIMS), "cut");
    expect(await failureOf(start())).toMatchObject({ code: "downstream_unreachable" });
    expect(tokens()).toEqual(["T1", "T2"]);
  });
});

describe("a circuit breaker", () => {
  const BREAKER = { circuitBreaker: { failures: 2, pauseMs: 30_000 } };

  it.each<[string, Scripted]>([
    ["a connection that is cut", "cut"],
    ["502", { status: 502 }],
    ["503", { status: 503 }],
    ["504", { status: 504 }],
  ])("opens after %s, answers by itself, and closes when a call succeeds", async (_, failure) => {
    const { start, clock, events } = world(BREAKER);
    server.script(failure);
    for (let time = 0; time < 2; time++) await start().catch(() => undefined);
    clock.ms += 1_000;
    expect(await failureOf(start())).toMatchObject({ code: "downstream_unavailable", members: { retryAfter: 29 } });
    expect(server.received).toHaveLength(2);
    clock.ms += 29_000;
    server.script(OK);
    expect((await start()).status).toBe(200);
    expect((await start()).status).toBe(200);
    expect(events()).toEqual(["warning circuit_opened", "info circuit_closed"]);
  });

  it("opens after answers that do not come in time", async () => {
    const { start } = world({ ...BREAKER, responseTimeoutMs: 100 });
    server.script("nothing");
    for (let time = 0; time < 2; time++) expect(await failureOf(start())).toMatchObject({ code: "downstream_timeout" });
    expect(await failureOf(start())).toMatchObject({ code: "downstream_unavailable" });
  });

  it.each([400, 401, 403, 404, 409, 429, 500, 501])("is not tripped by %i", async (status) => {
    const { call } = world(BREAKER, { cached: false });
    server.script({ status });
    for (let time = 0; time < 4; time++) expect((await call()).status).toBe(status);
  });

  it("is not tripped by callers who leave a second attempt no time", async () => {
    const { start, call, clock } = world({ circuitBreaker: { failures: 1, pauseMs: 30_000 }, totalTimeoutMs: 2_000 });
    server.script(demanding(CLAIMS, { unread: true }), "nothing");
    const body = new PassThrough();
    const failed = failureOf(start({ method: "PUT", body }));
    body.write("x");
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.ms += 1_990;
    body.end();
    expect(await failed).toMatchObject({ code: "downstream_timeout" });
    server.script(OK);
    expect((await call()).status).toBe(200);
  });

  it("is not tripped by callers: who hang up, send too much, break off or send slowly", async () => {
    const { start, call } = world({ ...BREAKER, maxRequestBodyBytes: 10, totalTimeoutMs: 300 });
    for (let time = 0; time < 3; time++) {
      const gone = new AbortController();
      server.script("nothing");
      const hungUp = failureOf(start({ signal: gone.signal }));
      while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
      gone.abort();
      expect(await hungUp).toMatchObject({ name: "CallerGoneError" });
      const tooMuch = Readable.from([Buffer.alloc(11)]);
      expect(await failureOf(start({ method: "PUT", body: tooMuch }))).toMatchObject({ code: "request_too_large" });
      const broken = new PassThrough();
      const failed = failureOf(start({ method: "PUT", body: broken }));
      broken.write("x");
      setImmediate(() => broken.destroy(new Error("aborted")));
      expect(await failed).toBeInstanceOf(Error);
      const slow = new PassThrough();
      slow.write("x");
      expect(await failureOf(start({ method: "PUT", body: slow }))).toMatchObject({ code: "downstream_timeout" });
    }
    server.script(OK);
    expect((await call()).status).toBe(200);
  });
});
