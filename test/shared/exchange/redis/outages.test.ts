import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Instance, InstanceDraft } from "./support/instance.ts";
import { startInstance } from "./support/instance.ts";
import type { RedisUnderTest } from "./support/redis.ts";
import { eventually, freePort, redisInstalled, startRedis } from "./support/redis.ts";

const UNAVAILABLE = "warning shared_cache_unavailable";
const AVAILABLE = "info shared_cache_available";
/** Far above what an answer takes, far below what a test may. */
const TIMEOUT_MS = 250;
const MANY = 50;

const instances: Instance[] = [];
function start(draft: InstanceDraft): Instance {
  const instance = startInstance(draft);
  instances.push(instance);
  return instance;
}
afterEach(() => {
  for (const { cache } of instances.splice(0)) cache.close();
});

const users = (prefix: string): string[] => Array.from({ length: MANY }, (_, index) => `${prefix}${index}`);

describe.skipIf(!redisInstalled)("when Redis fails, calls go on", () => {
  let redis: RedisUnderTest;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis.close());

  const shares = async (instance: Instance, user: string): Promise<boolean> => {
    const before = instance.count("shared.set.ok");
    await instance.call(user);
    await eventually(() => instance.count("shared.set.ok") > before, 1_000);
    return true;
  };

  it("killed while calls are running, and started again", async () => {
    const instance = start({ url: redis.url });
    await instance.connected();
    const token = await instance.call("alice");
    const calls = users("u").map((user) => instance.call(user));
    await redis.kill();
    expect(new Set(await Promise.all(calls)).size).toBe(MANY);
    await eventually(() => instance.events().includes(UNAVAILABLE));
    expect(await instance.call("alice")).toBe(token);
    await Promise.all(users("v").map((user) => instance.call(user)));
    expect(instance.count("shared.get.unavailable")).toBeGreaterThanOrEqual(MANY);
    expect(instance.count("shared.get.timeout")).toBe(0);
    await redis.start();
    await eventually(() => instance.events().includes(AVAILABLE));
    expect(instance.events()).toEqual([UNAVAILABLE, AVAILABLE]);
    await instance.call("bob");
    await eventually(async () => (await redis.values()).size === 1);
  });

  it("frozen: three time-outs at the most, then nobody waits; thawed, it is used again", async () => {
    const instance = start({ url: redis.url, timeoutMs: TIMEOUT_MS });
    await instance.connected();
    await instance.call("alice");
    redis.freeze();
    for (const user of ["a", "b", "c", "d", "e"]) await instance.call(user);
    // Each miss reads, and then writes without anybody waiting for it: more than one may be under way at the third.
    expect(instance.count("shared.get.timeout") + instance.count("shared.set.timeout")).toBe(3);
    await Promise.all(users("u").map((user) => instance.call(user)));
    expect(instance.count("shared.get.timeout") + instance.count("shared.set.timeout")).toBe(3);
    expect(instance.count("shared.get.unavailable")).toBeGreaterThan(MANY);
    expect(instance.lines).toEqual([
      {
        level: "warning",
        event: "shared_cache_unavailable",
        reason: `RedisTimeoutError: Redis did not answer within ${TIMEOUT_MS} ms`,
      },
    ]);
    redis.thaw();
    await eventually(() => instance.events().includes(AVAILABLE), 20_000);
    await eventually(() => shares(instance, `after${instance.count("exchanges")}`));
    expect(instance.events()).toEqual([UNAVAILABLE, AVAILABLE]);
  });

  it("frozen under many calls at once: none waits longer than one time-out", async () => {
    const instance = start({ url: redis.url, timeoutMs: TIMEOUT_MS });
    await instance.connected();
    await instance.call("alice");
    redis.freeze();
    expect(new Set(await Promise.all(users("u").map((user) => instance.call(user)))).size).toBe(MANY);
    await eventually(() => instance.events().includes(UNAVAILABLE));
    expect(instance.count("exchanges")).toBe(MANY + 1);
  });

  it("flushed: the next calls exchange, and nothing is said", async () => {
    const [first, second] = [start({ url: redis.url }), start({ url: redis.url })];
    const token = await first.call("alice");
    await eventually(async () => (await redis.values()).size === 1);
    await redis.command("FLUSHALL");
    expect(await first.call("alice")).toBe(token);
    expect(await second.call("alice")).not.toBe(token);
    expect([...first.events(), ...second.events()]).toEqual([]);
  });

  it("full: tokens are read still, written again when there is room, and it is said once", async () => {
    let nowMs = Date.now();
    const [first, second] = [start({ url: redis.url, now: () => nowMs }), start({ url: redis.url })];
    const token = await first.call("alice");
    await eventually(async () => (await redis.values()).size === 1);
    await redis.command("CONFIG", "SET", "maxmemory", "1");
    await Promise.all(users("u").map((user) => first.call(user)));
    await eventually(() => first.count("shared.set.refused") === MANY);
    expect(await second.call("alice")).toBe(token);
    const refused = { level: "warning", event: "shared_cache_unavailable", operation: "set" };
    expect(first.lines).toEqual([{ ...refused, reason: "RedisRefusedError [OOM]: Redis answered with an error" }]);
    await redis.command("CONFIG", "SET", "maxmemory", "0");
    expect(await shares(first, "bob")).toBe(true);
    expect(first.events()).toEqual([UNAVAILABLE]);
    nowMs += 60_000;
    expect(await shares(first, "carol")).toBe(true);
    expect(first.lines.at(-1)).toMatchObject({ event: "shared_cache_available", operation: "set", outageMs: 60_000 });
    expect(first.events()).toHaveLength(2);
  });

  it("a wrong password: said once, never shown; once it is right, it is used", async () => {
    await redis.command("ACL", "SETUSER", "gateway", "on", ">right-password", "~*", "+@all");
    const instance = start({ url: `redis://gateway:wrong-password@127.0.0.1:${redis.port}` });
    await Promise.all(users("u").map((user) => instance.call(user)));
    await eventually(() => instance.events().includes(UNAVAILABLE));
    expect(instance.lines).toEqual([
      {
        level: "warning",
        event: "shared_cache_unavailable",
        reason: "RedisRefusedError [WRONGPASS]: Redis answered with an error",
      },
    ]);
    await redis.command("ACL", "SETUSER", "gateway", ">wrong-password");
    await eventually(() => instance.events().includes(AVAILABLE));
    await eventually(() => shares(instance, `after${instance.count("exchanges")}`));
    expect(JSON.stringify(instance.lines)).not.toContain("password");
  });

  it("an ACL that forbids what is needed", async () => {
    await redis.command("ACL", "SETUSER", "reader", "on", ">pw", "~*", "+get", "+ping", "+hello", "+client");
    const instance = start({ url: `redis://reader:pw@127.0.0.1:${redis.port}` });
    await instance.call("alice");
    await eventually(() => instance.count("shared.set.refused") === 1);
    expect(instance.lines).toMatchObject([{ operation: "set", reason: expect.stringContaining("[NOPERM]") }]);
    expect(instance.count("shared.get.ok")).toBe(1);
  });

  it("a replica that was the primary: another connection is made", async () => {
    const instance = start({ url: redis.url });
    await instance.call("alice");
    await eventually(async () => (await redis.values()).size === 1);
    await redis.command("REPLICAOF", "127.0.0.1", String(await freePort()));
    await instance.call("bob");
    await eventually(() => instance.events().includes(UNAVAILABLE));
    await redis.command("REPLICAOF", "NO", "ONE");
    await eventually(() => instance.events().includes(AVAILABLE));
    await eventually(() => shares(instance, `after${instance.count("exchanges")}`));
  });

  it("a token dropped in an outage does not come back with Redis", async () => {
    const instance = start({ url: redis.url, timeoutMs: TIMEOUT_MS });
    const token = await instance.call("alice");
    await eventually(async () => (await redis.values()).size === 1);
    redis.freeze();
    await instance.drop("alice", token);
    redis.thaw();
    await eventually(async () => (await redis.values()).size === 1);
    await eventually(() => shares(instance, `after${instance.count("exchanges")}`), 20_000);
    expect(await instance.call("alice")).not.toBe(token);
  });

  it("not there yet when the app starts: it is used from when it is", async () => {
    await redis.kill();
    const instance = start({ url: redis.url });
    await instance.call("alice");
    expect(instance.count("shared.get.unavailable")).toBe(1);
    await redis.start();
    await eventually(() => shares(instance, `after${instance.count("exchanges")}`));
    expect(instance.events()).toEqual([UNAVAILABLE, AVAILABLE]);
  });
});

describe("something else than Redis", () => {
  const servers: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];
  const listening = async (answer: (socket: Socket) => void): Promise<string> => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      answer(socket);
    });
    servers.push({ server, sockets });
    return `redis://127.0.0.1:${await listen(server, "a test", 0)}`;
  };
  afterEach(async () => {
    for (const { server, sockets } of servers.splice(0)) {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    }
  });

  it("that never answers: the first calls wait a second, the next not at all", async () => {
    const instance = start({ url: await listening(() => undefined) });
    await Promise.all(users("u").map((user) => instance.call(user)));
    expect(instance.count("shared.get.unavailable")).toBe(MANY);
    await instance.call("alice");
    expect(instance.count("exchanges")).toBe(MANY + 1);
  });

  it("that talks another protocol", async () => {
    const instance = start({ url: await listening((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")) });
    await instance.call("alice");
    await eventually(() => instance.events().includes(UNAVAILABLE));
    expect(instance.count("exchanges")).toBe(1);
  });

  it("that hangs up at once: each attempt waits longer, and it is said once", async () => {
    let connections = 0;
    const url = await listening((socket) => {
      connections++;
      socket.destroy();
    });
    const instance = start({ url });
    await eventually(() => connections >= 4);
    expect(instance.events()).toEqual([UNAVAILABLE]);
  });

  it("at a port where nothing is", async () => {
    const instance = start({ url: `redis://127.0.0.1:${await freePort()}` });
    await instance.call("alice");
    await eventually(() => instance.events().includes(UNAVAILABLE));
    expect(instance.lines[0]?.reason).toMatch(/ECONNREFUSED/);
  });
});
