import { describe, expect, it } from "vitest";
import { failureOf, many, POLL_MS, rejection, ringWorld, settled, TestSource } from "./support/ringWorld.ts";

const MINUTE_MS = 60_000;

describe("CredentialFailover, an instance that starts while Entra ID does not know the newest version", () => {
  /** A source whose newest version is in the vault only. */
  const inTheGap = (...others: TestSource[]) => {
    const source = new TestSource("cert");
    const older = source.newest;
    const newer = source.rotate("cert v2");
    const world = ringWorld(source, ...others);
    world.registered.delete(newer);
    world.registered.add(older);
    return { source, older, newer, ...world };
  };

  it("serves with the version before, all calls of the first moment too", async () => {
    const { source, call, attempts, events } = inTheGap();
    expect(new Set(await many(40, call))).toEqual(new Set(["cert v1"]));
    expect(source.looksBack).toBe(1);
    attempts.length = 0;
    await many(40, call);
    expect(new Set(attempts)).toEqual(new Set(["cert v1"]));
    expect(events).toEqual([
      "selected cert v2: It is the first in the order of preference that can be used.",
      "rejected cert v2",
      "selected cert v1: AADSTS700027 for cert v2.",
    ]);
  });

  it("tries the newest again after its pause with one call, and changes over once it is known", async () => {
    const { source, newer, call, attempts, advance, registered, events } = inTheGap();
    await call();
    await advance(MINUTE_MS);
    attempts.length = 0;
    expect(new Set(await many(20, call))).toEqual(new Set(["cert v1"]));
    expect(attempts.filter((label) => label === "cert v2")).toHaveLength(1);
    registered.add(newer);
    await advance(MINUTE_MS);
    await call();
    expect(await call()).toBe("cert v2");
    await advance(POLL_MS);
    expect(events.at(-1)).toBe("dropped cert v1: cert v2 took its place");
    expect(source.looksBack).toBe(1);
  });

  it("loses no call when the newest is registered and the one before removed at once", async () => {
    const { newer, call, registered } = inTheGap();
    await call();
    registered.clear();
    registered.add(newer);
    expect(new Set(await many(20, call))).toEqual(new Set(["cert v2"]));
  });

  it("prefers the next credential, and looks back only without one", async () => {
    const second = new TestSource("second");
    const { source, call, registered } = inTheGap(second);
    expect(await call()).toBe("second v1");
    expect(source.looksBack).toBe(0);
    registered.delete(second.newest);
    expect(await call()).toBe("cert v1");
  });

  it("says that it is ready", async () => {
    const { ring, call, older } = inTheGap();
    await call();
    expect(await ring.status()).toEqual({ usable: true, credentials: [{ use: "selected", expiresOnMs: undefined }] });
    expect(older.label).toBe("cert v1");
  });

  it("looks back no more than six times a minute where that brings nothing, and recovers by itself", async () => {
    const { source, call, registered, clock, newer } = inTheGap();
    source.previous = undefined;
    registered.clear();
    for (let second = 0; second < 60; second++) {
      await many(20, () => failureOf(call()));
      clock.ms += 1_000;
    }
    expect(source.looksBack).toBeGreaterThan(1);
    expect(source.looksBack).toBeLessThanOrEqual(7);
    registered.add(newer);
    clock.ms += 10_000;
    expect(await call()).toBe("cert v2");
  });

  it("tells why the version before cannot be had, and of both in the diagnosis", async () => {
    const { source, ring, events } = inTheGap();
    const failing = ring.run(async (credential) => {
      source.down = "The role is missing.";
      throw rejection(credential);
    });
    expect(await failureOf(failing)).toMatchObject({
      diagnosis: "AADSTS700027 for cert v2. The role is missing.",
    });
    expect(events).toContain("unavailable The role is missing.");
  });

  it("does not wait for a vault in calls that come while it is known that nothing works", async () => {
    const { source, call, registered, clock } = inTheGap();
    source.previous = undefined;
    registered.clear();
    await failureOf(call());
    const gate = Promise.withResolvers<void>();
    source.gate = gate.promise;
    clock.ms += 10_000;
    const probe = failureOf(call());
    await settled();
    const others = many(20, () => failureOf(call()));
    expect((await others).length).toBe(20);
    gate.resolve();
    await probe;
  });
});
