import { decodeJwt } from "jose";
import { request } from "undici";
import { describe, expect, it } from "vitest";
import { getJson, oboParameters, requestToken, tokenA } from "./support/requests.ts";
import { useWorld } from "./support/world.ts";

describe("what only a local Entra ID has", () => {
  const world = useWorld();

  async function control(method: "GET" | "PUT" | "DELETE", path: string, body?: unknown) {
    const response = await request(`${world.entra.url}/local/${path}`, {
      dispatcher: world.dispatcher,
      method,
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: response.statusCode, text: await response.body.text(), headers: response.headers };
  }

  it("gives token A to a shell", async () => {
    const { status, headers, text } = await control("GET", "token?user=alice");
    expect([status, headers["content-type"]]).toEqual([200, "text/plain; charset=utf-8"]);
    expect(decodeJwt(text)).toMatchObject({ name: "Alice", aud: world.seed.gateway.clientId });
    expect((await requestToken(world, oboParameters(world, text))).status).toBe(200);
  });

  it("gives one with a step-up", async () => {
    const claims = JSON.stringify({ access_token: { polids: { essential: true, values: ["p"] } } });
    const { text } = await control("GET", `token?user=carol&claims=${encodeURIComponent(claims)}`);
    expect(decodeJwt(text).amr).toEqual(["pwd", "mfa"]);
  });

  it("says which user is missing", async () => {
    expect((await control("GET", "token")).status).toBe(400);
    const { status, text } = await control("GET", "token?user=eve");
    expect(status).toBe(400);
    expect(text).toContain("AADSTS50034");
  });

  it("lists the users, without their passwords", async () => {
    const { text } = await control("GET", "users");
    expect(JSON.parse(text)).toHaveLength(4);
    expect(text).toContain("alice@contoso.example");
    expect(text).not.toContain(world.seed.users.alice.password);
  });

  it("plans faults, one or many in place of those before, and clears them", async () => {
    const outage = { effect: { kind: "outage" } };
    expect((await control("PUT", "faults", [outage, outage])).status).toBe(200);
    expect((await control("PUT", "faults", { ...outage, times: 3 })).status).toBe(200);
    expect(JSON.parse((await control("GET", "faults")).text)).toMatchObject([{ times: 3, endpoint: "token" }]);
    expect((await requestToken(world, oboParameters(world, await tokenA(world)))).status).toBe(503);
    await control("DELETE", "faults");
    expect((await requestToken(world, oboParameters(world, await tokenA(world)))).status).toBe(200);
  });

  it("refuses a fault that it does not know", async () => {
    for (const fault of [{ effect: { kind: "flood" } }, { effect: { kind: "outage" }, target: "token" }, undefined]) {
      const { status } = await control("PUT", "faults", fault);
      expect(status).toBe(400);
    }
    expect(world.entra.faults.planned).toEqual([]);
  });

  it("does not pretend to be more", async () => {
    expect((await control("GET", "secrets")).status).toBe(404);
    const elsewhere = await request(`${world.entra.url}//elsewhere.example/x`, { dispatcher: world.dispatcher });
    expect(elsewhere.statusCode).toBe(404);
    await elsewhere.body.dump();
  });
});

describe("the request log", () => {
  const world = useWorld();

  it("keeps what a request was, and no token or secret", async () => {
    const assertion = await tokenA(world);
    const seen: unknown[] = [];
    const unsubscribe = world.entra.onRequest((record) => seen.push(record));
    const { body } = await requestToken(world, oboParameters(world, assertion, { "client-request-id": "mine" }));
    unsubscribe();
    await requestToken(world, oboParameters(world, assertion, { client_secret: "a wrong secret" }));
    expect(seen).toEqual([
      {
        startedMs: expect.any(Number),
        durationMs: expect.any(Number),
        tenant: world.seed.tenant.id,
        grantType: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        clientId: world.seed.gateway.clientId,
        proof: { kind: "secret", keyId: "seed" },
        user: "alice@contoso.example",
        scope: world.seed.scopes.profile,
        claims: undefined,
        clientRequestId: "mine",
        outcome: "issued",
      },
    ]);
    expect(world.entra.requests.at(-1)).toMatchObject({ proof: { kind: "secret" }, outcome: "AADSTS7000215" });
    const written = JSON.stringify(world.entra.requests);
    for (const secret of [assertion, body.access_token, world.seed.gatewaySecret, "a wrong secret"])
      expect(written).not.toContain(secret);
  });

  it("counts the requests", async () => {
    world.entra.counts.reset();
    await requestToken(world, {});
    expect(world.entra.counts.token).toBe(1);
    expect((await getJson(world, "/common/discovery/keys")).status).toBe(200);
    expect(world.entra.counts.keys).toBe(1);
  });
});
