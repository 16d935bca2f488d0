import { describe, expect, it } from "vitest";
import { MemoryCache } from "../../../shared/exchange/tokenCache.ts";
import { tokenB } from "./support/subjects.ts";

const cached = (text: string, usableUntilMs = 1_000) => ({
  token: tokenB(text, usableUntilMs),
  usableUntilMs,
  renewFromMs: usableUntilMs,
});

describe("MemoryCache", () => {
  it("holds no more entries than it may, the least recently used leaving first, to within ten seconds", () => {
    let nowMs = 0;
    const cache = new MemoryCache({ maxEntries: 3, maxBytes: 1_000_000, now: () => nowMs });
    const late = (key: string) => cached(key, 1_000_000);
    for (const key of ["a", "b", "c"]) cache.set(key, late(key));
    nowMs = 9_999;
    cache.get("a");
    cache.set("d", late("d"));
    expect(["a", "b", "c", "d"].filter((key) => cache.get(key) !== undefined)).toEqual(["b", "c", "d"]);
    nowMs = 20_000;
    cache.get("b");
    cache.set("e", late("e"));
    expect(["b", "c", "d", "e"].filter((key) => cache.get(key) !== undefined)).toEqual(["b", "d", "e"]);
    expect(cache.entries).toBe(3);
    cache.set("e", late("again"));
    expect(cache.entries).toBe(3);
  });

  it("holds no more bytes than it may, and nothing that is larger than all of them", () => {
    const cache = new MemoryCache({ maxEntries: 1_000, maxBytes: 10_000, now: () => 0 });
    for (let count = 0; count < 100; count++) cache.set(`k${count}`, cached("x".repeat(1_400)));
    expect(cache.entries).toBe(5);
    expect(cache.bytes).toBe(10_000);
    cache.set("large", cached("x".repeat(10_000)));
    expect(cache.get("large")).toBeUndefined();
    expect(cache.bytes).toBeLessThanOrEqual(10_000);
  });

  it("takes no memory for entries that it might hold one day", () => {
    const before = process.memoryUsage().arrayBuffers;
    const cache = new MemoryCache({ maxEntries: 10_000_000, maxBytes: 1_000_000, now: () => 0 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    expect(cache.entries).toBe(0);
  });

  it("forgets at the end of the time for use, and keeps nothing from after it", () => {
    let nowMs = 0;
    const cache = new MemoryCache({ maxEntries: 3, maxBytes: 1_000_000, now: () => nowMs });
    cache.set("a", cached("a"));
    nowMs = 999;
    expect(cache.get("a")).toBeDefined();
    nowMs = 1_000;
    expect(cache.get("a")).toBeUndefined();
    cache.set("a", cached("a"));
    expect(cache.entries).toBe(0);
  });

  it("replaces and deletes only what is still there", () => {
    const cache = new MemoryCache({ maxEntries: 3, maxBytes: 1_000_000, now: () => 0 });
    const [old, current] = [cached("old"), cached("current")];
    cache.set("a", old);
    const found = cache.get("a") ?? old;
    cache.set("a", current);
    cache.replace("a", found, cached("other"));
    cache.deleteToken("a", old.token);
    expect(cache.get("a")).toMatchObject(current);
    cache.replace("a", cache.get("a") ?? old, cached("current", 999));
    expect(cache.get("a")?.usableUntilMs).toBe(999);
    cache.replace("b", current, current);
    expect(cache.get("b")).toBeUndefined();
    cache.deleteToken("a", tokenB("current", 0));
    expect(cache.get("a")).toBeUndefined();
  });
});
