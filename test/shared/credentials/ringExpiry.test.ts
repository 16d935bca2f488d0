import { describe, expect, it } from "vitest";
import { GatewayMisconfiguredError } from "../../../shared/errors/errors.ts";
import { failureOf, ringWorld, TestSource } from "./support/ringWorld.ts";

const MINUTE_MS = 60_000;

describe("CredentialFailover, expiry", () => {
  it("does not use an expired certificate, and looks for a newer one at once", async () => {
    const [first, second] = [new TestSource("first"), new TestSource("second")];
    const { call, clock, attempts, registered, advance } = ringWorld(first, second);
    registered.add(first.rotate("first v1", clock.ms + 5_000));
    await call();
    clock.ms += 5_000;
    attempts.length = 0;
    expect(await call()).toBe("second v1");
    registered.add(first.rotate("first v2"));
    await advance(2 * MINUTE_MS);
    expect(await call()).toBe("first v2");
    expect(attempts).toEqual(["second v1", "first v2"]);
  });

  it("says so when there is no other, and asks for a newer one", async () => {
    const source = new TestSource("first");
    const { call, clock, attempts, registered } = ringWorld(source);
    registered.add(source.rotate("first v1", clock.ms));
    const failure = await failureOf(call());
    expect(failure).toBeInstanceOf(GatewayMisconfiguredError);
    expect(failure).toMatchObject({ diagnosis: expect.stringMatching(/^first v1 expired on 2030-03-17T/) });
    registered.add(source.rotate("first v2"));
    expect(await call()).toBe("first v2");
    expect([attempts, source.loads]).toEqual([["first v2"], 2]);
  });

  it("polls the sooner the nearer the end is", async () => {
    const source = new TestSource("first");
    const { call, clock, registered, timers } = ringWorld(source);
    registered.add(source.rotate("first v1", clock.ms + 12 * 60 * MINUTE_MS));
    await call();
    expect([...timers].map(({ atMs }) => atMs - clock.ms)).toEqual([30 * MINUTE_MS]);
  });

  it("warns at 30, 7 and 1 days and at the end, once each, also where nothing can be polled", async () => {
    const source = new TestSource("first", false);
    const { call, clock, registered, events, advance } = ringWorld(source);
    const DAY_MS = 24 * 60 * MINUTE_MS;
    registered.add(source.rotate("first v1", clock.ms + 31 * DAY_MS));
    await call();
    await advance(32 * DAY_MS);
    expect(events.filter((event) => event.startsWith("expiring"))).toEqual([
      expect.stringMatching(/: (29|30)$/),
      expect.stringMatching(/: [67]$/),
      expect.stringMatching(/: [01]$/),
      expect.stringMatching(/: (-1|0)$/),
    ]);
    expect(source.loads).toBe(1);
  });
});
