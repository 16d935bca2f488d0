import { describe, expect, it } from "vitest";
import { failureOf, many, POLL_MS, rejection, ringWorld, settled, TestSource } from "./support/ringWorld.ts";

const MINUTE_MS = 60_000;

describe("CredentialFailover, rotation", () => {
  it("polls in the background, and uses a newer version once it has proven itself", async () => {
    const source = new TestSource("cert");
    const { call, events, advance, registered, attempts } = ringWorld(source);
    await call();
    const newer = source.rotate("cert v2");
    await advance(POLL_MS);
    expect(source.loads).toBe(2);
    expect(await call()).toBe("cert v1");
    expect(await call()).toBe("cert v1");
    // One extra request, then a pause.
    expect(attempts).toEqual(["cert v1", "cert v2", "cert v1", "cert v1"]);
    registered.add(newer);
    await advance(MINUTE_MS);
    expect(await many(3, call)).toEqual(["cert v2", "cert v1", "cert v1"]);
    expect(await call()).toBe("cert v2");
    expect(events.slice(1)).toEqual([
      "rejected cert v2",
      "selected cert v2: It is preferred, and Entra ID accepted it.",
    ]);
    await advance(2 * POLL_MS);
    expect(events.at(-1)).toBe("dropped cert v1: cert v2 took its place");
  });

  it("tries a newer version with one call at a time, while hundreds use what works", async () => {
    const source = new TestSource("cert");
    const { call, advance, attempts } = ringWorld(source);
    await call();
    source.rotate("cert v2");
    await advance(POLL_MS);
    attempts.length = 0;
    expect(new Set(await many(300, call))).toEqual(new Set(["cert v1"]));
    expect(attempts.filter((label) => label === "cert v2")).toHaveLength(1);
  });

  it("keeps the version before in reserve: Entra ID's replicas learn of the new one in turns", async () => {
    const source = new TestSource("cert");
    const { call, advance, registered, attempts, events } = ringWorld(source);
    await call();
    const newer = source.rotate("cert v2");
    registered.add(newer);
    await advance(POLL_MS);
    expect(await call()).toBe("cert v2");
    registered.delete(newer);
    expect(await call()).toBe("cert v1");
    registered.add(newer);
    await advance(MINUTE_MS);
    expect(await call()).toBe("cert v2");
    expect(attempts).toHaveLength(5);
    expect(events.filter((event) => event.startsWith("dropped"))).toEqual([]);
  });

  it("fetches the newest version at once when the one in use is rejected, once for all", async () => {
    const source = new TestSource("cert");
    const { call, registered, attempts, events } = ringWorld(source, new TestSource("second"));
    await call();
    registered.clear();
    registered.add(source.rotate("cert v2"));
    attempts.length = 0;
    expect(new Set(await many(40, call))).toEqual(new Set(["cert v2"]));
    expect(source.loads).toBe(2);
    expect(attempts.length).toBeLessThanOrEqual(80);
    expect(events.slice(1)).toEqual([
      "rejected cert v1",
      "selected cert v2: AADSTS700027 for cert v1.",
      "dropped cert v1: AADSTS700027 for cert v1.",
    ]);
  });

  it("tries a newer version that was rejected again at once when the older one is removed", async () => {
    const source = new TestSource("cert");
    const { call, registered, advance } = ringWorld(source);
    await call();
    const newer = source.rotate("cert v2");
    await advance(POLL_MS);
    await call();
    registered.clear();
    registered.add(newer);
    expect(new Set(await many(10, call))).toEqual(new Set(["cert v2"]));
  });

  it("does not take what a poll brings that began before for the newest", async () => {
    const source = new TestSource("cert");
    const { call, registered, advance } = ringWorld(source);
    await call();
    const gate = Promise.withResolvers<void>();
    const before = source.newest;
    source.answer = gate.promise.then(() => before);
    await advance(POLL_MS);
    expect(source.loads).toBe(2);
    source.answer = undefined;
    registered.clear();
    registered.add(source.rotate("cert v2"));
    const calls = many(10, call);
    gate.resolve();
    expect(new Set(await calls)).toEqual(new Set(["cert v2"]));
    expect(source.loads).toBe(3);
  });

  it("waits for the fetch that another call's rejection began, where a late success hid its own", async () => {
    const source = new TestSource("cert");
    const { ring, call, registered } = ringWorld(source);
    const older = source.newest;
    const answer = Promise.withResolvers<string>();
    const slow = ring.run((credential) => (credential === older ? answer.promise : Promise.resolve(credential.label)));
    await settled();
    await call();
    const gate = Promise.withResolvers<void>();
    registered.clear();
    const newer = source.rotate("cert v2");
    registered.add(newer);
    source.answer = gate.promise.then(() => newer);
    const calls = many(10, call);
    await settled();
    answer.reject(rejection(older));
    await settled();
    gate.resolve();
    expect(new Set([await slow, ...(await calls)])).toEqual(new Set(["cert v2"]));
    expect([source.loads, source.looksBack]).toEqual([2, 0]);
  });

  it("fetches the newest version where the first load was overtaken by a rotation", async () => {
    const source = new TestSource("cert");
    const { call, registered } = ringWorld(source);
    const older = source.newest;
    const gate = Promise.withResolvers<void>();
    source.answer = gate.promise.then(() => older);
    const calls = many(10, call);
    await settled();
    source.answer = undefined;
    registered.clear();
    registered.add(source.rotate("cert v2"));
    gate.resolve();
    expect(new Set(await calls)).toEqual(new Set(["cert v2"]));
    expect(source.loads).toBe(2);
  });

  it("tries the newest a second time in the same call when it was registered meanwhile", async () => {
    const source = new TestSource("cert");
    const { ring, call, registered, advance } = ringWorld(source);
    await call();
    const older = source.newest;
    const newer = source.rotate("cert v2");
    await advance(POLL_MS);
    const removal = Promise.withResolvers<void>();
    const attempts: string[] = [];
    const slow = ring.run(async (credential) => {
      attempts.push(credential.label);
      if (credential === older) await removal.promise;
      if (registered.has(credential)) return credential.label;
      throw rejection(credential);
    });
    await settled();
    registered.clear();
    registered.add(newer);
    removal.resolve();
    expect(await slow).toBe("cert v2");
    expect(attempts).toEqual(["cert v2", "cert v1", "cert v2"]);
  });

  it("goes back when the newest version was withdrawn in the vault", async () => {
    const source = new TestSource("cert");
    const { call, registered, advance } = ringWorld(source);
    const older = source.newest;
    await call();
    const newer = source.rotate("cert v2");
    registered.add(newer);
    await advance(POLL_MS);
    expect(await call()).toBe("cert v2");
    source.newest = older;
    await advance(1.2 * POLL_MS);
    expect(await call()).toBe("cert v1");
  });

  it("goes on with what is loaded while the vault is down", async () => {
    const source = new TestSource("cert");
    const { call, advance, events } = ringWorld(source);
    await call();
    source.down = "The vault is down.";
    await advance(POLL_MS + 5 * MINUTE_MS);
    expect(await call()).toBe("cert v1");
    expect(events.slice(1)).toEqual(Array(6).fill("poll failed The vault is down."));
  });

  it("does not poll what cannot change", async () => {
    const source = new TestSource("secret", false);
    const { call, advance, registered } = ringWorld(source);
    await call();
    await advance(10 * POLL_MS);
    registered.clear();
    await failureOf(call());
    expect(source.loads).toBe(1);
  });

  it("stops polling when it is closed", async () => {
    const { ring, call, timers } = ringWorld(new TestSource("cert"));
    await call();
    expect(timers.size).toBe(1);
    ring.close();
    expect(timers.size).toBe(0);
  });
});
