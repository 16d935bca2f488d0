import { describe, expect, it } from "vitest";
import {
  IdentityProviderTimeoutError,
  IdentityProviderUnavailableError,
  InteractionRequiredError,
  ThrottledError,
} from "../../../shared/errors/errors.ts";
import { brokerWorld, settled, sharedMap } from "./support/brokerWorld.ts";
import { apiOf, appApiOf, HOUR_MS, requestOf, tokenB, userOf } from "./support/subjects.ts";

const MINUTE_MS = 60_000;
const FAR_MS = 1_900_000_000_000 + 100 * HOUR_MS;
const graph = apiOf("graph");
const crm = apiOf("crm");
const alice = userOf("alice", { expiresOnMs: FAR_MS });
const aliceAgain = userOf("alice", { expiresOnMs: FAR_MS, assertion: "another token A of alice" });
const bob = userOf("bob", { expiresOnMs: FAR_MS });

type World = ReturnType<typeof brokerWorld>;

/** A call that is answered by the one exchange it causes. */
async function obtain(world: World, token: string, request = requestOf(alice, graph), lifeMs = HOUR_MS) {
  const call = world.broker.accessToken(request);
  await settled();
  world.pending[0]?.succeed(token, lifeMs);
  return (await call).token.reveal();
}

const call = async (world: World, request = requestOf(alice, graph)): Promise<string> =>
  (await world.broker.accessToken(request)).token.reveal();

describe("TokenBroker", () => {
  it("exchanges once for all who ask meanwhile", async () => {
    const world = brokerWorld();
    const calls = Array.from({ length: 1_000 }, () => call(world));
    await settled();
    expect(world.pending).toHaveLength(1);
    world.pending[0]?.succeed("B", HOUR_MS);
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["B"]));
    expect(world.counters.counts).toMatchObject({ exchanges: 1, misses: 1, coalesced: 999, memoryHits: 0 });
    expect(await call(world)).toBe("B");
    expect(world.counters.counts.memoryHits).toBe(1);
  });

  it("exchanges for each token A, API and set of claims by itself", async () => {
    const world = brokerWorld();
    const requests = [
      requestOf(alice, graph),
      requestOf(aliceAgain, graph),
      requestOf(bob, graph),
      requestOf(alice, crm),
      requestOf(alice, graph, "{}"),
      requestOf(alice, graph, ""),
    ];
    const calls = requests.map((request) => call(world, request));
    await settled();
    expect(world.pending).toHaveLength(requests.length);
    for (const { request, succeed } of [...world.pending]) succeed(`B${requests.indexOf(request)}`, HOUR_MS);
    expect(await Promise.all(calls)).toEqual(requests.map((_, index) => `B${index}`));
  });

  it("tells a failure to all who wait for it, and then knows nothing of it", async () => {
    const world = brokerWorld();
    const calls = Array.from({ length: 10 }, () => call(world));
    await settled();
    const failure = new IdentityProviderTimeoutError(1);
    world.pending[0]?.fail(failure);
    for (const result of await Promise.allSettled(calls))
      expect(result).toEqual({ status: "rejected", reason: failure });
    expect(world.memory.entries).toBe(0);
    expect(await obtain(world, "B")).toBe("B");
    expect(world.counters.failures).toEqual({ identity_provider_timeout: 1 });
  });

  it("goes on for the others when one gives up", async () => {
    const world = brokerWorld();
    const [first, second] = [call(world), call(world)];
    await expect(Promise.race([first, Promise.reject(new Error("I gave up"))])).rejects.toThrow("I gave up");
    await settled();
    world.pending[0]?.succeed("B", HOUR_MS);
    expect(await second).toBe("B");
    expect(world.counters.counts.exchanges).toBe(1);
  });

  describe("renewing ahead", () => {
    const renewing = async (shared = sharedMap()) => {
      const world = brokerWorld({ shared });
      await obtain(world, "old");
      world.clock.ms += 50 * MINUTE_MS;
      return { world, shared };
    };

    it("does it once, in the background, and callers get the old token until it is done", async () => {
      const { world } = await renewing();
      expect(await Promise.all(Array.from({ length: 100 }, () => call(world)))).toEqual(Array(100).fill("old"));
      await settled();
      expect(await call(world)).toBe("old");
      expect(world.pending).toHaveLength(1);
      world.pending[0]?.succeed("new", HOUR_MS);
      await settled();
      expect(await call(world)).toBe("new");
      await settled();
      expect(world.pending).toHaveLength(0);
      expect(world.counters.counts).toMatchObject({ renewals: 1, exchanges: 2 });
    });

    it("not before the last part of its life", async () => {
      const { world } = await renewing();
      world.clock.ms -= 4 * MINUTE_MS;
      await call(world);
      await settled();
      expect(world.pending).toHaveLength(0);
    });

    it("a failure costs nobody anything, and the next try waits half a minute", async () => {
      const { world } = await renewing();
      await call(world);
      await settled();
      world.pending[0]?.fail(new Error("no"));
      await settled();
      expect(world.lines).toMatchObject([{ event: "renewal_failed", api: "graph", error: "Error: no" }]);
      world.clock.ms += 29_999;
      expect(await call(world)).toBe("old");
      await settled();
      expect(world.pending).toHaveLength(0);
      world.clock.ms += 1;
      expect(await call(world)).toBe("old");
      await settled();
      expect(world.pending).toHaveLength(1);
    });

    it("takes what another instance renewed", async () => {
      const { world, shared } = await renewing();
      const other = brokerWorld({ shared, clock: world.clock });
      for (let calls = 0; calls < 2; calls++) await call(other);
      await settled();
      other.pending[0]?.succeed("new", HOUR_MS);
      await settled();
      expect(await call(world)).toBe("old");
      await settled();
      expect(await call(world)).toBe("new");
      expect(world.pending).toHaveLength(0);
    });

    it("callers wait for it once the old token is over", async () => {
      const { world } = await renewing();
      await call(world);
      world.clock.ms += 8 * MINUTE_MS;
      const waiting = call(world);
      await settled();
      expect(world.pending).toHaveLength(1);
      world.pending[0]?.succeed("new", HOUR_MS);
      expect(await waiting).toBe("new");
    });

    it("keeps to the claims that the token was obtained with, in both levels and time after time", async () => {
      const { world, shared } = await renewing();
      const other = brokerWorld({ shared, clock: world.clock });
      await obtain(world, "with claims", requestOf(alice, graph, "claims"));
      for (const each of [world, other, world]) {
        world.clock.ms += 50 * MINUTE_MS;
        await call(each);
        await call(each);
        await settled();
        expect(each.pending.map(({ request }) => request.claims)).toEqual(["claims"]);
        each.pending[0]?.succeed("renewed", HOUR_MS);
        await settled();
        expect(await call(each)).toBe("renewed");
      }
      await obtain(world, "bob's", requestOf(bob, graph));
      world.clock.ms += 50 * MINUTE_MS;
      await call(world, requestOf(bob, graph));
      await settled();
      expect(world.pending.map(({ request }) => request.claims)).toEqual([undefined]);
    });

    it("with claims does not take what another instance renewed without", async () => {
      const { world, shared } = await renewing();
      await obtain(world, "with claims", requestOf(alice, graph, "claims"));
      shared.entries.clear();
      const other = brokerWorld({ shared, clock: world.clock });
      world.clock.ms += 50 * MINUTE_MS;
      await obtain(other, "without");
      expect(await call(world)).toBe("with claims");
      await settled();
      expect(world.pending.map(({ request }) => request.claims)).toEqual(["claims"]);
    });

    it("does not take the place of a token that was obtained with claims meanwhile", async () => {
      const { world, shared } = await renewing();
      await call(world);
      await settled();
      const challenged = call(world, requestOf(alice, graph, "claims"));
      await settled();
      world.pending[1]?.succeed("with claims", HOUR_MS);
      expect(await challenged).toBe("with claims");
      world.pending[0]?.succeed("without", HOUR_MS);
      await settled();
      expect(await call(world)).toBe("with claims");
      expect([...shared.entries.values()].map(({ token }) => token.token.reveal())).toEqual(["with claims"]);
    });
  });

  describe("Entra ID's wish to be left alone", () => {
    const throttled = (retryAfter: number) => new ThrottledError({ retryAfter }, "AADSTS50196");
    const unavailable = (asksToWait: boolean) =>
      new IdentityProviderUnavailableError({ retryAfter: 20 }, "out of order", { asksToWait });
    const failing = async (world: World, failure: Error, request = requestOf(alice, graph)) => {
      const failed = call(world, request).catch((error: unknown) => error);
      await settled();
      world.pending[0]?.fail(failure);
      return failed;
    };
    const refusal = async (world: World, request = requestOf(alice, graph)) => {
      const refused = call(world, request).catch((error: unknown) => error);
      await settled();
      expect(world.pending).toHaveLength(0);
      return refused;
    };

    it("is honoured for that user and API, counted down, with any token A", async () => {
      const world = brokerWorld();
      await failing(world, throttled(30));
      world.clock.ms += 9_001;
      for (const user of [alice, aliceAgain]) {
        expect(await refusal(world, requestOf(user, graph))).toMatchObject({
          code: "throttled",
          members: { retryAfter: 21 },
          message: "Too many token requests for this user: try again after 21 s.",
        });
      }
      expect(world.counters.counts).toMatchObject({ heldBack: 2, "failures.throttled": 1 });
      world.clock.ms += 20_999;
      expect(await obtain(world, "B")).toBe("B");
    });

    it("concerns no other user and no other API", async () => {
      const world = brokerWorld();
      await failing(world, throttled(30));
      expect(await obtain(world, "bob's", requestOf(bob, graph))).toBe("bob's");
      expect(await obtain(world, "crm's", requestOf(alice, crm))).toBe("crm's");
      const elsewhere = userOf("alice", { tenantId: "0a1b2c3d-2222-4222-8222-00000000000b", expiresOnMs: FAR_MS });
      expect(await obtain(world, "theirs", requestOf(elsewhere, graph))).toBe("theirs");
    });

    it("does not hold back a token that is there", async () => {
      const world = brokerWorld();
      await obtain(world, "B");
      await failing(world, throttled(30), requestOf(aliceAgain, graph));
      expect(await call(world)).toBe("B");
    });

    it("of two answers the longer holds", async () => {
      const world = brokerWorld();
      const calls = [alice, aliceAgain].map((user) => call(world, requestOf(user, graph)).catch(() => undefined));
      await settled();
      world.pending[0]?.fail(throttled(60));
      world.pending[0]?.fail(throttled(1));
      await Promise.all(calls);
      world.clock.ms += 2_000;
      expect(await refusal(world)).toMatchObject({ members: { retryAfter: 58 } });
    });

    it("in an outage only where Entra ID names a time", async () => {
      const world = brokerWorld();
      await failing(world, unavailable(false));
      expect(await failing(world, unavailable(true))).toMatchObject({ code: "identity_provider_unavailable" });
      expect(await refusal(world)).toMatchObject({
        code: "identity_provider_unavailable",
        members: { retryAfter: 20 },
      });
    });

    it("is over when the clock was set back", async () => {
      const world = brokerWorld();
      await failing(world, throttled(30));
      world.clock.ms -= HOUR_MS;
      expect(await obtain(world, "B")).toBe("B");
    });

    it("interaction is remembered for five seconds, for that token A and API", async () => {
      const world = brokerWorld();
      const interaction = new InteractionRequiredError({ claims: '{"a":1}' });
      await failing(world, interaction);
      world.clock.ms += 4_999;
      expect(await refusal(world)).toBe(interaction);
      expect(await obtain(world, "other A", requestOf(aliceAgain, graph))).toBe("other A");
      expect(await obtain(world, "other API", requestOf(alice, crm))).toBe("other API");
      expect(await obtain(world, "with claims", requestOf(alice, graph, "claims"))).toBe("with claims");
      const fresh = brokerWorld();
      await failing(fresh, interaction);
      fresh.clock.ms += 5_000;
      expect(await obtain(fresh, "B")).toBe("B");
    });
  });

  describe("a rejected token", () => {
    it("is dropped in both levels", async () => {
      const shared = sharedMap();
      const world = brokerWorld({ shared });
      await obtain(world, "B");
      expect(shared.entries.size).toBe(1);
      await world.broker.drop({ user: alice, api: graph }, tokenB("B", 0));
      expect(shared.entries.size + world.memory.entries).toBe(0);
      expect(await obtain(world, "C")).toBe("C");
    });

    it("takes no newer one with it", async () => {
      const shared = sharedMap();
      const world = brokerWorld({ shared });
      await obtain(world, "B");
      await obtain(world, "C", requestOf(alice, graph, "claims"));
      await world.broker.drop({ user: alice, api: graph }, tokenB("B", 0));
      expect(await call(world)).toBe("C");
      expect(shared.entries.size).toBe(1);
    });

    it("does not come back from a shared cache that could not forget it", async () => {
      const shared = { ...sharedMap(), delete: async () => undefined };
      const world = brokerWorld({ shared });
      await obtain(world, "B");
      await world.broker.drop({ user: alice, api: graph }, tokenB("B", 0));
      expect(await obtain(world, "C")).toBe("C");
    });

    it("does not come back from a look into the shared cache that was under way", async () => {
      const shared = sharedMap();
      const first = brokerWorld({ shared });
      await obtain(first, "B");
      const slow = Promise.withResolvers<void>();
      const world = brokerWorld({
        clock: first.clock,
        shared: {
          ...shared,
          get: async (key) => {
            const found = shared.entries.get(key);
            await slow.promise;
            return found;
          },
        },
      });
      const waiting = call(world);
      await settled();
      const dropped = world.broker.drop({ user: alice, api: graph }, tokenB("B", 0));
      slow.resolve();
      await dropped;
      await settled();
      world.pending[0]?.succeed("C", HOUR_MS);
      expect(await waiting).toBe("C");
    });
  });

  describe("a token in the place of a rejected one", () => {
    it("is a new one, and who comes late with the same challenge gets that", async () => {
      const world = brokerWorld();
      await obtain(world, "B");
      const challenged = requestOf(alice, graph, "claims");
      const [first, second] = [1, 2].map(() => world.broker.replace(challenged, tokenB("B", 0)));
      await settled();
      expect(world.pending).toHaveLength(1);
      world.pending[0]?.succeed("C", HOUR_MS);
      for (const each of [await first, await second]) expect(each?.token.reveal()).toBe("C");
      const late = await world.broker.replace(challenged, tokenB("B", 0));
      expect([late.token.reveal(), late.claims, late.cached]).toEqual(["C", "claims", true]);
      expect(world.pending).toHaveLength(0);
    });

    it("is another one for other claims, for none, and for one that was rejected itself", async () => {
      const world = brokerWorld();
      await obtain(world, "B", requestOf(alice, graph, "claims"));
      const asked = [
        world.broker.replace(requestOf(alice, graph, "other"), tokenB("A", 0)),
        world.broker.replace(requestOf(alice, graph, "claims"), tokenB("B", 0)),
        world.broker.replace(requestOf(alice, graph), tokenB("B", 0)),
      ];
      await settled();
      expect(world.pending.map(({ request }) => request.claims)).toEqual(["other", "claims", undefined]);
      for (const [index, { succeed }] of [...world.pending].entries()) succeed(`C${index}`, HOUR_MS);
      expect((await Promise.all(asked)).map(({ token }) => token.reveal())).toEqual(["C0", "C1", "C2"]);
    });

    it("says whether it waited in a cache, of either level", async () => {
      const shared = sharedMap();
      const world = brokerWorld({ shared });
      const first = world.broker.accessToken(requestOf(alice, graph));
      await settled();
      world.pending[0]?.succeed("B", HOUR_MS);
      const other = brokerWorld({ shared, clock: world.clock });
      const tokens = [first, world.broker.accessToken(requestOf(alice, graph))];
      expect((await Promise.all(tokens)).map(({ cached }) => cached)).toEqual([undefined, undefined]);
      expect((await world.broker.accessToken(requestOf(alice, graph))).cached).toBe(true);
      expect((await other.broker.accessToken(requestOf(alice, graph))).cached).toBe(true);
    });
  });

  describe("the app's own token", () => {
    const reports = appApiOf("graph");
    const elsewhere = userOf("alice", { tenantId: "0a1b2c3d-2222-4222-8222-00000000000b", expiresOnMs: FAR_MS });

    it("is one for all users of a tenant, and never a user's", async () => {
      const world = brokerWorld();
      const calls = [alice, aliceAgain, bob].map((user) => call(world, requestOf(user, reports)));
      await settled();
      expect(world.pending).toHaveLength(1);
      world.pending[0]?.succeed("the app's", HOUR_MS);
      expect(await Promise.all(calls)).toEqual(Array(3).fill("the app's"));
      expect(await obtain(world, "alice's", requestOf(alice, graph))).toBe("alice's");
      expect(await obtain(world, "the other tenant's", requestOf(elsewhere, reports))).toBe("the other tenant's");
      expect(await call(world, requestOf(bob, reports))).toBe("the app's");
    });

    it("lives on when the sign-in of whoever needed it first has ended", async () => {
      const world = brokerWorld();
      const soon = userOf("carol", { expiresOnMs: world.clock.ms + 1_000 });
      await obtain(world, "the app's", requestOf(soon, reports));
      world.clock.ms += 40 * MINUTE_MS;
      expect(await call(world, requestOf(bob, reports))).toBe("the app's");
      expect(world.pending).toHaveLength(0);
    });

    it("waits by itself when Entra ID asks to: users' exchanges go on", async () => {
      const world = brokerWorld();
      const failed = call(world, requestOf(alice, reports)).catch((error: unknown) => error);
      await settled();
      world.pending[0]?.fail(new ThrottledError({ retryAfter: 30 }, "d"));
      await failed;
      await expect(call(world, requestOf(bob, reports))).rejects.toMatchObject({ code: "throttled" });
      expect(await obtain(world, "alice's", requestOf(alice, graph))).toBe("alice's");
    });
  });

  it("keeps nothing past token A, nor what was put there at a time that has not come yet", async () => {
    const world = brokerWorld();
    const soon = userOf("alice", { expiresOnMs: world.clock.ms + 10_000 });
    await obtain(world, "B", requestOf(soon, graph));
    world.clock.ms += 9_999;
    expect(await call(world, requestOf(soon, graph))).toBe("B");
    world.clock.ms += 1;
    expect(await obtain(world, "C", requestOf(soon, graph))).toBe("C");
    expect(world.memory.entries).toBe(0);
    await obtain(world, "D", requestOf(bob, graph));
    world.clock.ms -= 1;
    expect(await obtain(world, "E", requestOf(bob, graph))).toBe("E");
  });
});
