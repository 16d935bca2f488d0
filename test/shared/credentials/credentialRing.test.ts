import { describe, expect, it } from "vitest";
import { CredentialUnavailableError } from "../../../shared/errors/credentialUnavailableError.ts";
import { GatewayMisconfiguredError } from "../../../shared/errors/gatewayMisconfiguredError.ts";
import { failureOf, POLL_MS, rejection, ringWorld, settled, TestSource } from "./support/ringWorld.ts";

const MINUTE_MS = 60_000;
const many = <T>(count: number, each: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, each));

describe("CredentialRing, loading", () => {
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

describe("CredentialRing, rotation", () => {
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

describe("CredentialRing, rejection", () => {
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

describe("CredentialRing, expiry", () => {
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

describe("CredentialRing, status", () => {
  it("loads what a call would, and says which is used and why not the others", async () => {
    const [first, second, third] = [new TestSource("first"), new TestSource("second"), new TestSource("third")];
    const { ring, registered, call } = ringWorld(first, second, third);
    first.down = "No.";
    registered.delete(second.newest);
    expect((await ring.status()).credentials.map(({ use }) => use)).toEqual(["unavailable", "selected", "idle"]);
    await call();
    expect((await ring.status()).credentials.map(({ use }) => use)).toEqual(["unavailable", "rejected", "selected"]);
  });

  it("is not usable while a total failure is remembered, and would be tried after that", async () => {
    const source = new TestSource("first");
    const { ring, registered, call, clock } = ringWorld(source);
    registered.clear();
    await failureOf(call());
    expect(await ring.status()).toEqual({ usable: false, credentials: [{ use: "rejected", expiresOnMs: undefined }] });
    clock.ms += 10_000;
    expect(await ring.status()).toMatchObject({ usable: true });
  });
});
