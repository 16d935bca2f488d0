import { describe, expect, it } from "vitest";
import { CredentialUnavailableError, GatewayMisconfiguredError } from "../../../shared/errors/errors.ts";
import { failureOf, many, rejection, ringWorld, settled, TestSource } from "./support/ringWorld.ts";

const MINUTE_MS = 60_000;

describe("CredentialFailover, rejection", () => {
  it("goes on with the next credential, and tries the first again after a pause with one call", async () => {
    const [first, second] = [new TestSource("first"), new TestSource("second")];
    const { call, registered, advance, attempts, events } = ringWorld(first, second);
    await call();
    registered.delete(first.newest);
    expect(await call()).toBe("second v1");
    attempts.length = 0;
    await many(100, call);
    expect(new Set(attempts)).toEqual(new Set(["second v1"]));
    await advance(MINUTE_MS);
    attempts.length = 0;
    expect(new Set(await many(100, call))).toEqual(new Set(["second v1"]));
    expect(attempts.filter((label) => label === "first v1")).toHaveLength(1);
    registered.add(first.newest);
    await advance(MINUTE_MS);
    await call();
    expect(await call()).toBe("first v1");
    expect(events.at(-1)).toBe("selected first v1: It is preferred, and Entra ID accepted it.");
  });

  it("says so when all are rejected, probes with one call per pause under load, and recovers by itself", async () => {
    const [first, second] = [new TestSource("first"), new TestSource("second")];
    const { call, registered, advance, attempts, clock } = ringWorld(first, second);
    await call();
    registered.clear();
    const failure = await failureOf(call());
    expect(failure).toBeInstanceOf(GatewayMisconfiguredError);
    expect(failure).toMatchObject({
      diagnosis: "AADSTS700027 for first v1. AADSTS700027 for second v1.",
      members: { retryAfter: 10 },
    });
    attempts.length = 0;
    const loads = first.loads + second.loads;
    // Two minutes of 50 calls a second.
    for (let tick = 0; tick < 120; tick++) {
      for (const each of await many(50, () => failureOf(call()))) {
        const { members } = each as GatewayMisconfiguredError;
        expect(members.retryAfter).toBeGreaterThan(0);
        expect(members.retryAfter).toBeLessThanOrEqual(10);
      }
      await advance(1_000);
    }
    expect(attempts.length).toBe(2 * 11);
    expect(first.loads + second.loads - loads).toBeLessThanOrEqual(2 * 13);
    registered.add(second.newest);
    clock.ms += 10_000;
    expect(await call()).toBe("second v1");
    expect(new Set(await many(50, call))).toEqual(new Set(["second v1"]));
  });

  it("lets waiting calls share the probe's success", async () => {
    const [first, second] = [new TestSource("first"), new TestSource("second")];
    const { call, registered } = ringWorld(first, second);
    await call();
    registered.delete(first.newest);
    await call();
    // The second is revoked while the first, back again, is still in its pause.
    registered.clear();
    registered.add(first.newest);
    expect(new Set(await many(30, call))).toEqual(new Set(["first v1"]));
  });

  it("takes a credential that cannot sign for unavailable, and comes back to it soon", async () => {
    const [first, second] = [new TestSource("first"), new TestSource("second")];
    const { call, cannotSign, advance, events } = ringWorld(first, second);
    cannotSign.add(first.newest);
    expect(await call()).toBe("second v1");
    expect(events).toContain("unavailable first v1 cannot sign.");
    cannotSign.clear();
    await advance(10_000);
    expect(await call()).toBe("first v1");
    cannotSign.add(first.newest).add(second.newest);
    expect(await failureOf(call())).toBeInstanceOf(CredentialUnavailableError);
  });

  it("does not fetch a newer version where only a clock is wrong", async () => {
    const [first, second] = [new TestSource("first"), new TestSource("second")];
    const { ring } = ringWorld(first, second);
    const used = await ring.run(async (credential) => {
      if (credential === first.newest) throw rejection(credential, true, false);
      return credential.label;
    });
    expect([used, first.loads]).toEqual(["second v1", 1]);
  });

  it("holds a doubtful rejection against the credential only once another one works", async () => {
    const [first, second] = [new TestSource("first"), new TestSource("second")];
    const { ring, call, attempts, events } = ringWorld(first, second);
    const doubtful = (works: (label: string) => boolean) =>
      ring.run(async (credential) => {
        attempts.push(credential.label);
        if (works(credential.label)) return credential.label;
        throw rejection(credential, false);
      });
    expect(await failureOf(doubtful(() => false))).toMatchObject({ diagnosis: "AADSTS700027 for first v1." });
    expect(attempts).toEqual(["first v1", "second v1"]);
    expect(await call()).toBe("first v1");
    expect(await doubtful((label) => label === "second v1")).toBe("second v1");
    expect(await call()).toBe("second v1");
    expect(events.filter((event) => event.startsWith("rejected"))).toEqual(["rejected first v1"]);
  });

  it("passes on a failure that is not the credential's, and holds it against none", async () => {
    const { ring, call, advance, attempts, registered } = ringWorld(new TestSource("first"));
    const own = new Error("The user must sign in again.");
    expect(await failureOf(ring.run(() => Promise.reject(own)))).toBe(own);
    expect(await call()).toBe("first v1");
    registered.clear();
    await failureOf(call());
    await advance(10_000);
    // A probe that says nothing about the credential lets everybody try.
    expect(await failureOf(ring.run(() => Promise.reject(own)))).toBe(own);
    attempts.length = 0;
    await failureOf(call());
    expect(attempts).toEqual(["first v1"]);
  });

  it("goes on with a newer version when late successes have overtaken its rejections twice", async () => {
    const source = new TestSource("cert");
    const { ring, registered } = ringWorld(source);
    const [first] = [source.newest];
    const late = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const successes = late.map(({ promise }) => ring.run(() => promise));
    await settled();
    registered.add(source.rotate("cert v2"));
    let rejections = 0;
    const used = await ring.run(async (credential) => {
      if (credential !== first) return credential.label;
      late[rejections]?.resolve("accepted before it was removed");
      await successes[rejections++];
      throw rejection(credential);
    });
    expect([used, rejections]).toEqual(["cert v2", 2]);
  });

  it("believes a success that came after a rejected attempt began", async () => {
    const source = new TestSource("first");
    const { ring, call, registered } = ringWorld(source);
    const answer = Promise.withResolvers<string>();
    let calls = 0;
    const slow = ring.run((credential) => (++calls === 1 ? answer.promise : Promise.resolve(credential.label)));
    await settled();
    await call();
    answer.reject(rejection(source.newest));
    expect(await slow).toBe("first v1");
    registered.clear();
    expect(await failureOf(call())).toBeInstanceOf(GatewayMisconfiguredError);
  });
});
