import { once } from "node:events";
import { request } from "undici";
import { describe, expect, it } from "vitest";
import type { TokenRequestRecord } from "../../src/entra/requestLog.ts";
import { encodeForm, getJson, oboParameters, type Parameters, requestToken, tokenA } from "./support/requests.ts";
import { useWorld } from "./support/world.ts";

describe("faults", () => {
  const world = useWorld();

  async function exchange(user = "alice", override: Parameters = {}) {
    return requestToken(world, oboParameters(world, await tokenA(world, user), override));
  }

  /** The answer as it is, without looking into it. */
  async function exchangeRaw(signal?: AbortSignal) {
    const parameters = oboParameters(world, await tokenA(world));
    const { statusCode, headers, body } = await request(
      `${world.entra.url}/${world.seed.tenant.id}/oauth2/v2.0/token`,
      {
        dispatcher: world.dispatcher,
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: encodeForm(parameters),
        signal,
      },
    );
    return { status: statusCode, headers, text: await body.text() };
  }

  it("refuse with any code, and what goes with it", async () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c2"}}}';
    world.entra.faults.add({ effect: { kind: "error", aadsts: 50079, claims, suberror: "basic_action" } });
    const { status, body } = await exchange();
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: "interaction_required",
      error_codes: [50079],
      suberror: "basic_action",
      claims,
    });
    expect(world.entra.requests.at(-1)?.outcome).toBe("AADSTS50079");
  });

  it("can override the error and the status", async () => {
    world.entra.faults.add({ effect: { kind: "error", aadsts: 90033, error: "server_error", status: 500 } });
    expect(await exchange()).toMatchObject({ status: 500, body: { error: "server_error", error_codes: [90033] } });
  });

  it("strike as often as planned", async () => {
    world.entra.faults.add({ times: 2, effect: { kind: "outage" } });
    expect((await exchange()).status).toBe(503);
    expect((await exchange()).status).toBe(503);
    expect((await exchange()).status).toBe(200);
    expect(world.entra.faults.planned).toEqual([]);
  });

  it("can be taken back", async () => {
    const takeBack = world.entra.faults.add({ effect: { kind: "outage" } });
    expect((await exchange()).status).toBe(503);
    takeBack();
    expect((await exchange()).status).toBe(200);
  });

  it("aim at one user only", async () => {
    world.entra.faults.add({ aim: { user: "bob@contoso.example" }, effect: { kind: "throttle" } });
    expect((await exchange("alice")).status).toBe(200);
    expect((await exchange("bob")).status).toBe(429);
  });

  it("aim at one resource only", async () => {
    world.entra.faults.add({ aim: { resource: `api://${world.seed.ledger.clientId}` }, effect: { kind: "throttle" } });
    expect((await exchange("alice")).status).toBe(200);
    expect((await exchange("alice", { scope: world.seed.scopes.ledger })).status).toBe(429);
  });

  it("aim at one app or grant type only", async () => {
    const { client, gateway } = world.seed;
    world.entra.faults.add({ aim: { client: client.clientId }, effect: { kind: "outage" } });
    world.entra.faults.add({ aim: { grantType: "password" }, effect: { kind: "outage" } });
    expect((await exchange()).status).toBe(200);
    world.entra.faults.add({ aim: { client: gateway.clientId }, effect: { kind: "outage" } });
    expect((await exchange()).status).toBe(503);
  });

  it("throttle, with and without Retry-After", async () => {
    world.entra.faults.add({ times: 1, effect: { kind: "throttle", retryAfterS: 17 } });
    world.entra.faults.add({ effect: { kind: "throttle" } });
    const first = await exchange();
    expect([first.status, first.headers["retry-after"], first.body.error]).toEqual([
      429,
      "17",
      "temporarily_unavailable",
    ]);
    expect((await exchange()).headers).not.toHaveProperty("retry-after");
  });

  it("break down with JSON, HTML, or nothing", async () => {
    world.entra.faults.add({ times: 1, effect: { kind: "outage", status: 500 } });
    world.entra.faults.add({ times: 1, effect: { kind: "outage", status: 502, body: "html", retryAfterS: 3 } });
    world.entra.faults.add({ times: 1, effect: { kind: "outage", status: 504, body: "empty" } });
    expect(await exchange()).toMatchObject({ status: 500, body: { error: "temporarily_unavailable" } });
    const html = await exchangeRaw();
    expect(html).toMatchObject({
      status: 502,
      headers: { "content-type": "text/html; charset=utf-8", "retry-after": "3" },
    });
    expect(html.text).toMatch(/^<html>/);
    expect(await exchangeRaw()).toMatchObject({ status: 504, text: "" });
  });

  it("put the answer off", async () => {
    world.entra.faults.add({ effect: { kind: "slow", delayMs: 20 } });
    expect((await exchange()).status).toBe(200);
    expect(world.entra.requests.at(-1)?.durationMs).toBeGreaterThanOrEqual(19);
    expect(world.entra.requests.at(-1)?.outcome).toBe("issued");
  });

  it("hang until the client gives up", async () => {
    world.entra.faults.add({ effect: { kind: "hang" } });
    const controller = new AbortController();
    const ended = new Promise<TokenRequestRecord>((resolve) => {
      const unsubscribe = world.entra.onRequest((record) => {
        unsubscribe();
        resolve(record);
      });
    });
    const before = world.entra.counts.token;
    const answer = exchangeRaw(controller.signal).catch((error: unknown) => error);
    await expect.poll(() => world.entra.counts.token).toBe(before + 1);
    controller.abort();
    expect(await answer).toMatchObject({ name: "AbortError" });
    expect((await ended).outcome).toBe("fault: hang");
  });

  it.each(["before-headers", "mid-body"] as const)("cut the connection %s", async (when) => {
    world.entra.faults.add({ effect: { kind: "cut", when } });
    await expect(exchangeRaw()).rejects.toMatchObject({ code: "UND_ERR_SOCKET" });
    expect(world.entra.requests.at(-1)?.outcome).toBe("fault: cut");
  });

  it("answer with half a JSON document, or with one that has no token", async () => {
    world.entra.faults.add({ times: 1, effect: { kind: "malformed-json" } });
    world.entra.faults.add({ times: 1, effect: { kind: "no-access-token" } });
    const malformed = await exchangeRaw();
    expect(malformed.status).toBe(200);
    expect(() => JSON.parse(malformed.text)).toThrow(SyntaxError);
    expect(JSON.parse((await exchangeRaw()).text)).toMatchObject({ token_type: "Bearer" });
  });

  it("answer with too much, as JSON all the same", async () => {
    world.entra.faults.add({ effect: { kind: "oversized", bytes: 300_000 } });
    const { text } = await exchangeRaw();
    expect(text).toHaveLength(300_000);
    expect(JSON.parse(text)).toMatchObject({ token_type: "Bearer" });
  });

  it("answer with too much, and survive a client that hangs up", async () => {
    world.entra.faults.add({ times: 1, effect: { kind: "oversized" } });
    const response = await request(`${world.entra.url}/common/oauth2/v2.0/token`, {
      dispatcher: world.dispatcher,
      method: "POST",
      body: "",
    });
    const aborted = once(response.body, "close");
    response.body.destroy();
    await expect(aborted).rejects.toThrow("Request aborted");
    expect((await exchange()).status).toBe(200);
  });

  it("spoil metadata and keys", async () => {
    world.entra.faults.add({ endpoint: "metadata", times: 1, effect: { kind: "outage" } });
    world.entra.faults.add({ endpoint: "keys", times: 1, effect: { kind: "slow", delayMs: 1 } });
    world.entra.faults.add({ endpoint: "keys", times: 1, effect: { kind: "cut", when: "before-headers" } });
    const metadata = "/common/v2.0/.well-known/openid-configuration";
    expect((await getJson(world, metadata)).status).toBe(503);
    expect((await getJson(world, metadata)).status).toBe(200);
    expect((await getJson(world, "/common/discovery/v2.0/keys")).status).toBe(200);
    await expect(getJson(world, "/common/discovery/v2.0/keys")).rejects.toThrow();
    expect((await exchange()).status).toBe(200);
  });
});
