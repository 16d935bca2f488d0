import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, it } from "vitest";
import type { ClientCredential } from "../../../shared/credentials/clientCredential.ts";
import { GatewayError } from "../../../shared/errors/errors.ts";
import { ringWorld, settled, TestSource } from "./support/ringWorld.ts";

const RUNS = 3_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** After a total failure, a failed load and a fetch the ring keeps still for this long. */
const PAUSE_MS = 10 * SECOND_MS;
const SOURCES = 2;
const MAX_ATTEMPTS = 4 * SOURCES;

const which = fc.nat(SOURCES - 1);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("call"), count: fc.integer({ min: 1, max: 4 }) } as const) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("answer"), which: fc.nat(), late: fc.boolean() } as const) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("deliver"), which: fc.nat() } as const) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("ownFailure"), which: fc.nat() } as const) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rotate"), which } as const) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("register"), which } as const) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("revoke"), which: fc.nat() } as const) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("vault"), which, down: fc.boolean() } as const) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("signing"), which, down: fc.boolean() } as const) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("time"),
      ms: fc.constantFrom(1, SECOND_MS, PAUSE_MS, MINUTE_MS, 20 * MINUTE_MS, 70 * MINUTE_MS),
    } as const),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A request under way at Entra ID. */
interface Pending {
  readonly call: Call;
  readonly credential: ClientCredential;
  /** How often it had been accepted when this request was sent. */
  readonly acceptances: number;
  /** Set once Entra ID has made up its mind; the answer may arrive later. */
  deliver: (() => void) | undefined;
  fail(error: Error): void;
  resolve(label: string): void;
}

interface Call {
  attempts: number;
  readonly tried: Set<ClientCredential>;
  /** Sources of which the newest version, or the one before, would have been accepted all the time since the call began. */
  readonly good: Set<TestSource>;
  /** Whether the ring was keeping still at some time of this call. */
  excused: boolean;
}

async function play(steps: readonly Step[]): Promise<void> {
  const sources = Array.from({ length: SOURCES }, (_, index) => new TestSource(`source ${index}`));
  const world = ringWorld(...sources);
  const { ring, clock, registered, cannotSign } = world;
  const pending: Pending[] = [];
  const calls = new Set<Call>();
  const problems: unknown[] = [];
  const accepted = new Map<ClientCredential, number>();
  let versions = 1;
  let failedAtMs = Number.NEGATIVE_INFINITY;
  let down = false;

  const forgotten = ({ label }: ClientCredential): boolean =>
    world.events.some((event) => event.startsWith(`dropped ${label}:`));
  const accepts = (credential: ClientCredential | undefined): boolean =>
    credential !== undefined && registered.has(credential) && !cannotSign.has(credential);
  const isGood = (source: TestSource): boolean =>
    // The one before is for when the newest is rejected: one that cannot sign has company, since the vault signs for neither.
    source.down === undefined &&
    (accepts(source.newest) || (accepts(source.previous) && !cannotSign.has(source.newest)));
  /** In the pause after a total failure, or while one call finds out for all whether it is over. */
  const recentlyFailed = (): boolean => clock.ms < failedAtMs + PAUSE_MS || (down && pending.length > 0);
  /** After every step: what is no longer so for a call that is under way. */
  const observe = (): void => {
    for (const call of calls) {
      for (const source of call.good) if (!isGood(source)) call.good.delete(source);
      if (recentlyFailed()) call.excused = true;
    }
  };

  const begin = (): void => {
    // What changed in the last seconds may be hidden by a pause of the loads.
    const call: Call = {
      attempts: 0,
      tried: new Set(),
      good: new Set(sources.filter(isGood)),
      excused: recentlyFailed() || changedLately(),
    };
    calls.add(call);
    ring
      .run(
        (credential) =>
          new Promise<string>((resolve, reject) => {
            call.attempts += 1;
            assert(call.attempts <= MAX_ATTEMPTS, `${call.attempts} attempts in one call`);
            const others = pending.filter((each) => each.credential === credential);
            // With one that works, what is not known to work is tried by one call at a time.
            const trial =
              !works.has(credential) && [...works].some((each) => !call.tried.has(each) && !forgotten(each));
            call.tried.add(credential);
            if (trial) assert(!others.some((each) => trials.has(each)), `two trials of ${credential.label}`);
            const acceptances = accepted.get(credential) ?? 0;
            const each: Pending = { call, credential, acceptances, deliver: undefined, resolve, fail: reject };
            if (trial) trials.add(each);
            pending.push(each);
          }),
      )
      .then(
        () => {
          down = false;
        },
        (error: unknown) => {
          if (error === OWN) return;
          assert(error instanceof GatewayError, String(error));
          assert(
            call.excused || recentlyFailed() || call.good.size === 0,
            `${error.diagnosis} although ${[...call.good][0]?.label} is good`,
          );
          assert((error.members.retryAfter ?? 0) >= 1 && (error.members.retryAfter ?? 99) <= 10);
          down = true;
          failedAtMs = clock.ms;
        },
      )
      .catch((error: unknown) => problems.push(error))
      .finally(() => calls.delete(call));
  };

  /** What the ring knows to work: the latest answer about it that arrived was good. */
  const works = new Set<ClientCredential>();
  const trials = new WeakSet<Pending>();
  let changedAtMs = Number.NEGATIVE_INFINITY;
  const changedLately = (): boolean => clock.ms < changedAtMs + PAUSE_MS;

  const answer = (each: Pending | undefined, late: boolean): void => {
    if (each === undefined || each.deliver !== undefined) return;
    let outcome: () => void;
    try {
      const label = world.verdict(each.credential);
      outcome = () => {
        accepted.set(each.credential, (accepted.get(each.credential) ?? 0) + 1);
        works.add(each.credential);
        each.resolve(label);
      };
    } catch (error) {
      outcome = () => {
        // What was asked before the latest success says nothing new.
        if (accepted.get(each.credential) === each.acceptances || !accepted.has(each.credential)) {
          works.delete(each.credential);
        }
        each.fail(error as Error);
      };
    }
    each.deliver = () => {
      pending.splice(pending.indexOf(each), 1);
      outcome();
    };
    if (!late) each.deliver();
  };

  const perform = async (each: Step): Promise<void> => {
    const chosen = "which" in each ? pending[each.which % Math.max(pending.length, 1)] : undefined;
    const source = "which" in each ? sources[each.which % SOURCES] : undefined;
    switch (each.kind) {
      case "call":
        for (let count = 0; count < each.count; count++) begin();
        return;
      case "answer":
        return answer(chosen, each.late);
      case "deliver":
        return chosen?.deliver?.();
      case "ownFailure":
        if (chosen === undefined || chosen.deliver !== undefined) return;
        pending.splice(pending.indexOf(chosen), 1);
        return chosen.fail(OWN);
      case "rotate":
        changedAtMs = clock.ms;
        source?.rotate(`${source.label} v${++versions}`);
        return;
      case "register":
        if (source !== undefined) registered.add(source.newest);
        changedAtMs = clock.ms;
        return;
      case "revoke": {
        const all = [...registered];
        const one = all[each.which % Math.max(all.length, 1)];
        if (one !== undefined) registered.delete(one);
        return;
      }
      case "vault":
        if (source !== undefined) source.down = each.down ? "The vault is down." : undefined;
        changedAtMs = clock.ms;
        return;
      case "signing":
        changedAtMs = clock.ms;
        if (source === undefined) return;
        if (each.down) cannotSign.add(source.newest);
        else cannotSign.clear();
        return;
      case "time":
        return world.advance(each.ms);
    }
  };
  const run = async (each: Step): Promise<void> => {
    await perform(each);
    observe();
    await settled();
    observe();
    if (problems.length > 0) throw problems[0];
  };

  for (const each of steps) await run(each);
  // In the end all is well, and everything is answered ...
  for (const source of sources) {
    source.down = undefined;
    registered.add(source.newest);
  }
  cannotSign.clear();
  for (let rounds = 0; pending.length > 0; rounds++) {
    assert(rounds < 500, "it never ends");
    pending[0]?.deliver?.();
    await run({ kind: "answer", which: 0, late: false });
  }
  assert.equal(calls.size, 0, "a call that never ends");
  // ... and after the pauses the newest version of the preferred source is used again, with one attempt a call.
  for (let rounds = 0; rounds < 3; rounds++) {
    await world.advance(71 * MINUTE_MS);
    for (let call = 0; call < 3; call++) {
      world.attempts.length = 0;
      const used = await world.call().catch(() => undefined);
      if (rounds < 2) continue;
      assert.equal(used, sources[0]?.newest.label);
      assert.equal(world.attempts.length, 1);
    }
  }
}

const OWN = new Error("not the credential's failure");

describe("no sequence of rotations, registrations, revocations, outages, answers that come late and time", () => {
  it("loses a call that a credential could serve, makes too many attempts, or ends up with the wrong credential", async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), play), { numRuns: RUNS });
  }, 120_000);
});
