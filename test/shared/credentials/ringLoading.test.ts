import { describe, expect, it } from "vitest";
import { CredentialUnavailableError } from "../../../shared/errors/errors.ts";
import { failureOf, many, ringWorld, TestSource } from "./support/ringWorld.ts";

const MINUTE_MS = 60_000;

describe("CredentialFailover, loading", () => {
  it("loads nothing before it is asked, once for all that ask, and keeps it", async () => {
    const [first, second] = [new TestSource("first"), new TestSource("second")];
    const { call, events } = ringWorld(first, second);
    expect(first.loads).toBe(0);
    const gate = Promise.withResolvers<void>();
    first.gate = gate.promise;
    const all = many(50, call);
    gate.resolve();
    expect(new Set(await all)).toEqual(new Set(["first v1"]));
    expect(await call()).toBe("first v1");
    expect([first.loads, second.loads]).toEqual([1, 0]);
    expect(events).toEqual(["selected first v1: It is the first in the order of preference that can be used."]);
  });

  it("takes the second when the first cannot be loaded, and the first once it can, without a call waiting", async () => {
    const [first, second] = [new TestSource("first"), new TestSource("second")];
    const { call, events, advance, attempts } = ringWorld(first, second);
    first.down = "The vault is down.";
    expect(await many(3, call)).toEqual(["second v1", "second v1", "second v1"]);
    expect(first.loads).toBe(1);
    first.down = undefined;
    await call();
    expect(first.loads).toBe(1);
    await advance(MINUTE_MS);
    expect(first.loads).toBe(2);
    expect(await call()).toBe("first v1");
    expect(attempts).toHaveLength(5);
    expect(events).toEqual([
      "unavailable The vault is down.",
      "selected second v1: It is the first in the order of preference that can be used.",
      "selected first v1: It is preferred, and Entra ID accepted it.",
    ]);
  });

  it("fails with every reason when none can be loaded, for the log alone, and asks again after ten seconds", async () => {
    const [first, second] = [new TestSource("first"), new TestSource("second")];
    [first.down, second.down] = ["One.", "Two."];
    const { call, clock } = ringWorld(first, second);
    const failures = await many(20, () => failureOf(call()));
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(CredentialUnavailableError);
      expect(failure).toMatchObject({ diagnosis: "One. Two.", members: { retryAfter: 10 } });
      expect(String(failure)).not.toContain("One.");
    }
    clock.ms += 7_500;
    expect(await failureOf(call())).toMatchObject({ diagnosis: "One. Two.", members: { retryAfter: 3 } });
    expect([first.loads, second.loads]).toEqual([1, 1]);
    clock.ms += 2_500;
    second.down = undefined;
    expect(await call()).toBe("second v1");
    expect([first.loads, second.loads]).toEqual([2, 2]);
  });

  it("does not wait for longer than the pause when the clock was set back", async () => {
    const source = new TestSource("first");
    source.down = "No.";
    const { call, clock } = ringWorld(source);
    await failureOf(call());
    clock.ms -= 60 * MINUTE_MS;
    await failureOf(call());
    expect(source.loads).toBe(2);
  });
});
