import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, it } from "vitest";
import {
  GatewayError,
  IdentityProviderTimeoutError,
  IdentityProviderUnavailableError,
  InteractionRequiredError,
  ThrottledError,
} from "../../../shared/errors/errors.ts";
import type { ExchangeRequest } from "../../../shared/exchange/onBehalfOfExchange.ts";
import type { TokenBroker } from "../../../shared/exchange/tokenBroker.ts";
import type { AccessToken, CachedToken, SharedCache } from "../../../shared/exchange/tokenCache.ts";
import { brokerWorld, settled } from "./support/brokerWorld.ts";
import { apiOf, appApiOf, requestOf, userOf } from "./support/subjects.ts";

const RUNS = 20_000;
const START_MS = 1_900_000_000_000;
const MINUTE_MS = 60_000;
const MARGIN_MS = 2 * MINUTE_MS;

/** Three users, one of them in two tenants and one with two tokens A; one token A ends early. */
const USERS = [
  userOf("alice", { expiresOnMs: START_MS + 300 * MINUTE_MS }),
  userOf("alice", { assertion: "second", expiresOnMs: START_MS + 10 * MINUTE_MS }),
  userOf("alice", { tenantId: "0a1b2c3d-2222-4222-8222-00000000000b", expiresOnMs: START_MS + 300 * MINUTE_MS }),
  userOf("bob", { expiresOnMs: START_MS + 300 * MINUTE_MS }),
];
/** The last is called as the app itself: its tokens are for all users of a tenant. */
const APIS = [apiOf("graph"), apiOf("crm"), appApiOf("reports")];
const CLAIMS = [undefined, "{}", ""];
const INSTANCES = 2;
/** Fewer than there are keys: tokens are evicted all the time. */
const MAX_ENTRIES = 4;

const index = (length: number) => fc.nat(length - 1);
const subject = fc.record({ user: index(USERS.length), api: index(APIS.length), instance: index(INSTANCES) });
const failures = ["timeout", "throttled", "unavailable", "interaction", "crash"] as const;
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("call"), subject, claims: fc.constantFrom(0, 0, 0, 1, 2) } as const),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("succeed"),
      which: fc.nat(),
      lifeMs: fc.constantFrom(1, 1_000, MINUTE_MS, 5 * MINUTE_MS, 60 * MINUTE_MS),
    } as const),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("fail"),
      which: fc.nat(),
      how: fc.constantFrom(...failures),
      retryAfter: fc.constantFrom(1, 60, 600),
    } as const),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("shared"), which: fc.nat(), fails: fc.boolean() } as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("time"),
      byMs: fc.constantFrom(1, 1_000, 29_000, MINUTE_MS, 4 * MINUTE_MS, 20 * MINUTE_MS, -1, -90 * MINUTE_MS),
    } as const),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("drop"), which: fc.nat() } as const) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("replace"), which: fc.nat(), claims: fc.constantFrom(0, 1, 2) } as const),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What a token B or a failure says of itself: whose it is, and what was asked. */
function nameOf({ user, api, claims }: ExchangeRequest): string {
  return [
    user.tenantId,
    ...(api.requestAppToken ? ["(app)", "(app)"] : [user.userId, user.assertion.reveal()]),
    api.name,
    claims === undefined ? "-" : `+${claims}`,
  ].join("|");
}

/** What may answer a request without claims may have been obtained, or renewed, with some. */
function namesFor(request: ExchangeRequest): readonly string[] {
  const { user, api, claims } = request;
  return (claims === undefined ? CLAIMS : [claims]).map((each) => nameOf(requestOf(user, api, each)));
}

interface Issued {
  readonly name: string;
  readonly expiresOnMs: number;
  readonly usableUntilMs: number;
  readonly atStep: number;
}

/** A shared cache whose reads take as long as the test likes, and that may have lost or kept anything. */
function slowShared(reads: ((fails: boolean) => void)[]): SharedCache {
  const entries = new Map<string, CachedToken>();
  return {
    get: (key) =>
      new Promise((resolve) => {
        reads.push((fails) => resolve(fails ? undefined : entries.get(key)));
      }),
    set: async (key, entry) => void entries.set(key, entry),
    // Redis may be away when something is to be forgotten.
    delete: async () => undefined,
  };
}

async function play(steps: readonly Step[]): Promise<void> {
  const clock = { ms: START_MS };
  const reads: ((fails: boolean) => void)[] = [];
  const shared = slowShared(reads);
  const worlds = Array.from({ length: INSTANCES }, () => brokerWorld({ maxEntries: MAX_ENTRIES, shared, clock }));
  const issued = new Map<string, Issued>();
  const failed = new Map<unknown, ExchangeRequest>();
  const given: { request: ExchangeRequest; instance: number; token: AccessToken }[] = [];
  const dropped: Map<string, number>[] = worlds.map(() => new Map());
  const unanswered = new Set<number>();
  let atStep = 0;

  const answered = (request: ExchangeRequest, instance: number, askedAtStep: number, token: AccessToken): void => {
    const text = token.token.reveal();
    const known = issued.get(text);
    if (known === undefined) throw new Error(`a token that was never issued: ${text}`);
    // A token obtained with claims serves calls without; never the other way round, nor for other claims.
    assert(namesFor(request).includes(known.name), `${known.name} for ${nameOf(request)}`);
    assert.equal(token.expiresOnMs, known.expiresOnMs);
    // What comes straight from Entra ID goes to those who waited for it; everything else is within its margin.
    assert(known.atStep === atStep || clock.ms < known.usableUntilMs, `${text} is past its margin`);
    assert((dropped[instance]?.get(text) ?? Number.POSITIVE_INFINITY) > askedAtStep, `${text} was rejected before`);
    given.push({ request, instance, token });
  };
  const refused = (request: ExchangeRequest, error: unknown): void => {
    const names = namesFor(request);
    if (!(error instanceof GatewayError)) {
      const of = failed.get(error);
      assert(of !== undefined, String(error));
      assert(names.includes(nameOf(of)), `${nameOf(of)} for ${nameOf(request)}`);
      return;
    }
    const [tenantId, userId, assertion, api, claims] = error.diagnosis?.split(" (remembered")[0]?.split("|") ?? [];
    const whose = request.api.requestAppToken ? "(app)" : request.user.userId;
    assert.deepEqual([tenantId, userId, api], [request.user.tenantId, whose, request.api.name]);
    if (error.code === "interaction_required" || error.code === "identity_provider_timeout") {
      const name = [tenantId, userId, assertion, api, claims].join("|");
      assert(names.includes(name), `${name} for ${nameOf(request)}`);
    }
  };

  const ask = (
    request: ExchangeRequest,
    instance: number,
    how: (broker: TokenBroker) => Promise<AccessToken>,
  ): void => {
    const world = worlds[instance];
    if (world === undefined) throw new Error("no such instance");
    const askedAtStep = atStep;
    unanswered.add(askedAtStep);
    how(world.broker)
      .then(
        (token) => answered(request, instance, askedAtStep, token),
        (error: unknown) => refused(request, error),
      )
      .then(
        () => unanswered.delete(askedAtStep),
        (error: unknown) => problems.push(error),
      );
  };
  const perform = (each: Step): void => {
    const pending = worlds.flatMap((world) => world.pending);
    switch (each.kind) {
      case "call": {
        const { user, api, instance } = each.subject;
        const [who, what] = [USERS[user], APIS[api]];
        if (who === undefined || what === undefined) throw new Error("no such subject");
        const request = requestOf(who, what, CLAIMS[each.claims]);
        ask(request, instance, (broker) => broker.accessToken(request));
        return;
      }
      case "succeed": {
        const exchange = pending[each.which % pending.length];
        if (exchange === undefined) return;
        const { request, succeed } = exchange;
        const text = `${nameOf(request)}#${issued.size}`;
        const expiresOnMs = clock.ms + each.lifeMs;
        const marginMs = Math.min(MARGIN_MS, each.lifeMs / 2);
        const signInEndsMs = request.api.requestAppToken ? expiresOnMs : request.user.expiresOnMs;
        const usableUntilMs = Math.min(expiresOnMs - marginMs, signInEndsMs);
        issued.set(text, { name: nameOf(request), expiresOnMs, usableUntilMs, atStep });
        succeed(text, each.lifeMs);
        return;
      }
      case "fail": {
        const exchange = pending[each.which % pending.length];
        if (exchange === undefined) return;
        const error = failureOf(each.how, each.retryAfter, nameOf(exchange.request));
        failed.set(error, exchange.request);
        exchange.fail(error);
        return;
      }
      case "shared":
        reads.splice(each.which % Math.max(reads.length, 1), 1)[0]?.(each.fails);
        return;
      case "time":
        clock.ms += each.byMs;
        return;
      case "drop": {
        const gift = given[each.which % given.length];
        if (gift === undefined) return;
        dropped[gift.instance]?.set(gift.token.token.reveal(), atStep);
        worlds[gift.instance]?.broker.drop(gift.request, gift.token).catch((error: unknown) => problems.push(error));
        return;
      }
      case "replace": {
        const gift = given[each.which % given.length];
        if (gift === undefined) return;
        dropped[gift.instance]?.set(gift.token.token.reveal(), atStep);
        const request = requestOf(gift.request.user, gift.request.api, CLAIMS[each.claims]);
        ask(request, gift.instance, (broker) => broker.replace(request, gift.token));
      }
    }
  };
  const problems: unknown[] = [];
  const run = async (each: Step): Promise<void> => {
    atStep++;
    perform(each);
    await settled();
    if (problems.length > 0) throw problems[0];
    for (const { memory } of worlds) assert(memory.entries <= MAX_ENTRIES);
  };
  for (const each of steps) await run(each);
  // In the end everything is answered, and nothing is left under way.
  for (let rounds = 0; reads.length > 0 || worlds.some(({ pending }) => pending.length > 0); rounds++) {
    if (rounds > 200) throw new Error("it never ends");
    await run(
      reads.length > 0
        ? { kind: "shared", which: 0, fails: true }
        : { kind: "fail", which: 0, how: "crash", retryAfter: 1 },
    );
  }
  assert.equal(unanswered.size, 0);
}

/** A failure that says in its diagnosis whose it is. */
function failureOf(how: (typeof failures)[number], retryAfter: number, name: string): Error {
  switch (how) {
    case "timeout":
      return Object.assign(new IdentityProviderTimeoutError(1), { diagnosis: name });
    case "throttled":
      return new ThrottledError({ retryAfter }, name);
    case "unavailable":
      return new IdentityProviderUnavailableError({ retryAfter }, name, { asksToWait: true });
    case "interaction":
      return new InteractionRequiredError({}, name);
    case "crash":
      return new Error(name);
  }
}

describe("no interleaving of calls, exchanges, failures, drops, evictions and the clock", () => {
  it("ever gives a token that belongs to another key, is past its margin or was rejected, or a failure of another user", async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 50 }), play), { numRuns: RUNS });
  }, 120_000);
});
