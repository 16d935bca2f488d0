import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOUR_MS } from "../support/subjects.ts";
import type { Instance, InstanceDraft } from "./support/instance.ts";
import { encryptionKeyOf, KEY, startInstance } from "./support/instance.ts";
import type { RedisUnderTest } from "./support/redis.ts";
import { eventually, redisInstalled, startRedis } from "./support/redis.ts";

const MARGIN_MS = 120_000;

describe.skipIf(!redisInstalled)("tokens in Redis", () => {
  let redis: RedisUnderTest;
  const instances: Instance[] = [];
  const start = (draft: InstanceDraft = {}): Instance => {
    const instance = startInstance({ url: redis.url, ...draft });
    instances.push(instance);
    return instance;
  };
  /** One token is there, and with it the connection. */
  const written = async (count = 1): Promise<[key: string, value: Buffer][]> => {
    await eventually(async () => (await redis.values()).size === count);
    return [...(await redis.values())];
  };
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const { cache } of instances.splice(0)) cache.close();
    await redis.close();
  });

  it("spare another instance the exchange, from its first call on", async () => {
    const token = await start().call("alice");
    await written();
    const fresh = start();
    expect(await fresh.call("alice")).toBe(token);
    expect(fresh.count("exchanges")).toBe(0);
    expect(fresh.count("sharedHits")).toBe(1);
    expect(await fresh.call("alice")).toBe(token);
    expect(fresh.count("memoryHits")).toBe(1);
    expect(await fresh.call("bob")).not.toBe(token);
    expect(fresh.count("exchanges")).toBe(1);
    expect(fresh.events()).toEqual([]);
  });

  it("are there for as long as they may be used, and not in clear", async () => {
    const token = await start().call("alice");
    const [[key, value] = ["", Buffer.alloc(0)]] = await written();
    expect(key).toMatch(/^obo-gateway:1:[A-Za-z0-9_-]{43}$/);
    const ttlMs = Number(await redis.command("PTTL", key));
    expect(ttlMs).toBeGreaterThan(HOUR_MS - MARGIN_MS - 60_000);
    expect(ttlMs).toBeLessThanOrEqual(HOUR_MS - MARGIN_MS);
    const secret = KEY.source === "value" ? KEY.value.reveal() : "";
    for (const hidden of [token, "token", "alice", secret, Buffer.from(token).toString("base64")]) {
      expect(value.toString("latin1")).not.toContain(hidden);
      expect(key).not.toContain(hidden);
    }
    expect(value.includes(Buffer.from(secret, "base64"))).toBe(false);
    expect(value.toString("latin1")).toContain("k1");
  });

  it("are sealed anew each time: equal tokens do not look equal", async () => {
    const first = start();
    await first.call("alice");
    const [[key = "", before] = []] = await written();
    const entry = await first.cache.get(key.slice("obo-gateway:1:".length));
    if (entry === undefined) throw new Error("The token is not there.");
    await first.cache.set(key.slice("obo-gateway:1:".length), entry);
    expect((await redis.values()).get(key)).not.toEqual(before);
  });

  it("are gone after a drop, for all", async () => {
    const first = start();
    const token = await first.call("alice");
    await written();
    await first.drop("alice", token);
    expect((await redis.values()).size).toBe(0);
    expect(await start().call("alice")).not.toBe(token);
  });

  it("stay when the dropped one is older", async () => {
    const [first, second] = [start(), start()];
    const old = await first.call("alice");
    await written();
    expect(await second.call("alice")).toBe(old);
    await first.drop("alice", old);
    const token = await first.call("alice");
    await written();
    await second.drop("alice", old);
    expect(await second.call("alice")).toBe(token);
    expect(second.count("exchanges")).toBe(0);
  });

  it("of a dropped kind never come back, whoever writes them", async () => {
    const first = start();
    const token = await first.call("alice");
    const [[key, value] = ["", Buffer.alloc(0)]] = await written();
    await first.drop("alice", token);
    await redis.write(key, value);
    expect(await first.call("alice")).not.toBe(token);
  });

  it("are found with the key before the current one", async () => {
    const [old, current] = [encryptionKeyOf("old"), encryptionKeyOf("current")];
    const token = await start({ keys: [old] }).call("alice");
    await written();
    const rotated = start({ keys: [current, old] });
    expect(await rotated.call("alice")).toBe(token);
    const other = await rotated.call("bob");
    await written(2);
    const after = start({ keys: [current] });
    expect(await after.call("bob")).toBe(other);
    expect(await after.call("alice")).not.toBe(token);
    expect(after.count("sharedUnreadable")).toBe(1);
    // The same id with other bytes: what an operator gets who does not name the new key anew.
    const misnamed = start({ keys: [encryptionKeyOf("current")] });
    expect(await misnamed.call("bob")).not.toBe(other);
    expect(misnamed.count("sharedUnreadable")).toBe(1);
  });

  it("are a miss once they were moved to another user's key", async () => {
    const first = start();
    const tokens = [await first.call("alice"), await first.call("bob")];
    const [[one, oneValue] = ["", Buffer.alloc(0)], [other, otherValue] = ["", Buffer.alloc(0)]] = await written(2);
    await redis.write(one, otherValue);
    await redis.write(other, oneValue);
    const second = start();
    for (const user of ["alice", "bob"]) expect(tokens).not.toContain(await second.call(user));
    expect(second.count("sharedUnreadable")).toBe(2);
  });

  it("are a miss after the change of any bit, and when they were cut or lengthened", async () => {
    const first = start();
    const token = await first.call("alice");
    const [[key, value] = ["", Buffer.alloc(0)]] = await written();
    const name = key.slice("obo-gateway:1:".length);
    const changed = Array.from(value, (byte, at) => {
      const copy = Buffer.from(value);
      copy[at] = byte ^ (1 << (at % 8));
      return copy;
    });
    const cut = Array.from(value, (_byte, at) => value.subarray(0, at));
    const longer = [Buffer.concat([value, Buffer.from([0])]), Buffer.concat([Buffer.from([1]), value])];
    const garbage = [
      Buffer.from("token"),
      Buffer.from('{"token":"x"}'),
      Buffer.alloc(5_000, 0xff),
      Buffer.alloc(64, 1),
    ];
    const wrong = [...changed, ...cut, ...longer, ...garbage];
    for (const each of wrong) {
      await redis.write(key, each);
      expect(await first.cache.get(name)).toBeUndefined();
    }
    // Nothing at all is a miss like any other value that is not ours.
    expect(first.count("sharedUnreadable")).toBe(wrong.length);
    await redis.write(key, value);
    expect((await first.cache.get(name))?.token.token.reveal()).toBe(token);
    expect(first.events()).toEqual([]);
  }, 60_000);

  it("are a miss where something that is no string stands at the key", async () => {
    await start().call("alice");
    const [[key] = [""]] = await written();
    await redis.command("DEL", key);
    await redis.command("HSET", key, "a", "b");
    const fresh = start();
    await fresh.call("alice");
    expect(fresh.count("sharedUnreadable")).toBe(1);
    expect(fresh.events()).toEqual([]);
  });

  it("are a miss once they may not be used any more, whatever Redis says", async () => {
    let nowMs = Date.now();
    const later = start({ now: () => nowMs });
    const token = await later.call("alice");
    const [[key] = [""]] = await written();
    await redis.command("PERSIST", key);
    const name = key.slice("obo-gateway:1:".length);
    nowMs += HOUR_MS - MARGIN_MS - 1;
    expect((await later.cache.get(name))?.token.token.reveal()).toBe(token);
    nowMs += 1;
    expect(await later.cache.get(name)).toBeUndefined();
  });

  it("are never printed", async () => {
    const first = start();
    const token = await first.call("alice");
    await written();
    const secret = KEY.source === "value" ? KEY.value.reveal() : "";
    const shown = inspect(first.cache, { depth: 12, showHidden: true }) + JSON.stringify(first.lines);
    for (const hidden of [token, secret]) expect(shown).not.toContain(hidden);
  });
});
