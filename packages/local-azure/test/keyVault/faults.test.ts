import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { API_VERSION, startVaultUnderTest, type VaultUnderTest } from "./vaultUnderTest.ts";

const PATH = `/secrets/mine?${API_VERSION}`;

describe("a Key Vault in trouble", () => {
  let test: VaultUnderTest;
  beforeAll(async () => {
    test = await startVaultUnderTest();
    test.vault.setSecret("mine", "the value");
    test.vault.setSecret("other", "x");
  });
  beforeEach(() => test.vault.faults.clear());
  afterAll(() => test.close());

  const status = async (path = PATH): Promise<number> => (await test.ask(path)).status;

  it.each(["policy", "rbac"] as const)("forbids what is allowed (%s), for a number of requests", async (model) => {
    test.vault.faults.forbidden(model, { requests: 1 });
    const answer = await test.ask(PATH);
    expect(answer.status).toBe(403);
    const code = model === "policy" ? "ForbiddenByPolicy" : "ForbiddenByRbac";
    expect(answer.json()).toMatchObject({
      error: { message: expect.stringContaining(`oid=${test.principal}`), innererror: { code } },
    });
    expect(await status()).toBe(200);
  });

  it("throttles with and without Retry-After", async () => {
    test.vault.faults.throttled(7, { requests: 1 });
    test.vault.faults.throttled(undefined, { requests: 1 });
    const [first, second] = [await test.ask(PATH), await test.ask(PATH)];
    expect([first.status, first.headers["retry-after"]]).toEqual([429, "7"]);
    expect([second.status, second.headers["retry-after"]]).toEqual([429, undefined]);
    expect(first.json()).toMatchObject({ error: { code: "Throttled" } });
  });

  it("fails until it is cleared, on some paths only", async () => {
    test.vault.faults.failing(503, { pathPrefix: "/secrets/mine" });
    expect([await status(), await status(), await status(`/secrets/other?${API_VERSION}`)]).toEqual([503, 503, 200]);
    test.vault.faults.clear();
    const lift = test.vault.faults.failing(500);
    expect(await status()).toBe(500);
    lift();
    expect(await status()).toBe(200);
    expect(() => test.vault.faults.failing(404)).toThrow(RangeError);
  });

  it("counts what Azure's own client asks for, not its first call for the challenge", async () => {
    test.vault.faults.failing(500, { requests: 1 });
    const client = test.secretClient();
    await expect(client.getSecret("mine")).rejects.toMatchObject({ statusCode: 500 });
    expect((await client.getSecret("mine")).value).toBe("the value");
  });

  it("answers late", async () => {
    test.vault.faults.slow(50, { requests: 1 });
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const leave = test.vault.onRequest(({ durationMs }) => resolve(durationMs));
    expect(await status()).toBe(200);
    leave();
    // A lower bound only: it holds on any machine, however slow.
    expect(await promise).toBeGreaterThanOrEqual(45);
  });

  it("hangs until the caller gives up", async () => {
    test.vault.faults.hang({ requests: 1 });
    const giveUp = new AbortController();
    test.vault.onArrival(() => giveUp.abort(new Error("given up")));
    await expect(test.ask(PATH, { signal: giveUp.signal })).rejects.toThrow("given up");
  });

  it("cuts the connection", async () => {
    test.vault.faults.cut({ requests: 1 });
    const finished = Promise.withResolvers<unknown>();
    const leave = test.vault.onRequest(finished.resolve);
    await expect(test.ask(PATH)).rejects.toThrow(/other side closed|ECONNRESET/);
    expect(await finished.promise).toMatchObject({ path: "/secrets/mine", status: undefined });
    leave();
  });

  it("goes down, cutting what is under way and refusing what comes, and up again on the same port", async () => {
    test.vault.faults.hang({ requests: 1 });
    const arrived = Promise.withResolvers<void>();
    const leave = test.vault.onArrival(() => arrived.resolve());
    const cut = expect(test.ask(PATH)).rejects.toThrow(/other side closed|ECONNRESET/);
    await arrived.promise;
    leave();
    await test.vault.faults.down();
    await cut;
    await expect(test.ask(PATH)).rejects.toThrow(/ECONNREFUSED/);
    await test.vault.faults.up();
    expect(await status()).toBe(200);
  });

  it("says so when its port is gone when it wants to come up", async () => {
    await test.vault.faults.down();
    const thief = createServer().listen(Number(new URL(test.vault.url).port), "127.0.0.1");
    await once(thief, "listening");
    await expect(test.vault.faults.up()).rejects.toThrow("wanted by Key Vault, is taken");
    thief.close();
    await once(thief, "close");
    await test.vault.faults.up();
    expect(await status()).toBe(200);
  });
});

describe("the record of calls", () => {
  it("tells who asked for what, and neither token nor secret", async () => {
    const test = await startVaultUnderTest();
    const heard: string[] = [];
    test.vault.onRequest(({ path, status }) => heard.push(`${path} ${status}`));
    await test.askWith(undefined, PATH);
    await test.ask(`/secrets/mine?${API_VERSION}`, { method: "PUT", body: '{"value":"hush"}' });
    await test.close();
    expect(test.vault.requests).toMatchObject([
      { method: "GET", path: "/secrets/mine", status: 401, principal: undefined, durationMs: expect.any(Number) },
      { method: "PUT", path: "/secrets/mine", status: 200, principal: { objectId: test.principal } },
    ]);
    expect(heard).toEqual(["/secrets/mine 401", "/secrets/mine 200"]);
    expect(JSON.stringify(test.vault.requests)).not.toMatch(/hush|eyJ/);
  });
});
