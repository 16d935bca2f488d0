import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Permit } from "../../../shared/downstream/circuitBreaker.ts";
import { CircuitBreaker } from "../../../shared/downstream/circuitBreaker.ts";

const PAUSE_MS = 30_000;

function world(failures = 3) {
  const clock = { ms: 1_900_000_000_000 };
  const events: string[] = [];
  const breaker = new CircuitBreaker(
    { failures, pauseMs: PAUSE_MS },
    {
      opened: (count, pauseMs) => events.push(`opened after ${count} for ${pauseMs}`),
      closed: () => events.push("closed"),
    },
    () => clock.ms,
  );
  const passage = (): Permit => {
    const entered = breaker.enter();
    if ("retryAfter" in entered) throw new Error(`refused for ${entered.retryAfter} s`);
    return entered;
  };
  const refusedFor = (): number | undefined => {
    const entered = breaker.enter();
    if ("retryAfter" in entered) return entered.retryAfter;
    entered.abandoned();
    return undefined;
  };
  const fail = (times: number): void => {
    for (let time = 0; time < times; time++) passage().failed();
  };
  return { clock, events, breaker, passage, refusedFor, fail };
}

describe("CircuitBreaker", () => {
  it("opens after so many failures in a row, and counts the pause down", () => {
    const { clock, events, refusedFor, fail } = world();
    fail(2);
    expect(refusedFor()).toBeUndefined();
    fail(1);
    expect(refusedFor()).toBe(30);
    clock.ms += PAUSE_MS - 1;
    expect(refusedFor()).toBe(1);
    expect(events).toEqual(["opened after 3 for 30000"]);
  });

  it("begins to count anew after a success, not after a call that says nothing", () => {
    const { passage, refusedFor, fail } = world();
    fail(2);
    passage().succeeded();
    fail(2);
    expect(refusedFor()).toBeUndefined();
    passage().abandoned();
    fail(1);
    expect(refusedFor()).toBe(30);
  });

  it("after the pause lets one call pass, whose success opens the way for all", () => {
    const { clock, events, passage, refusedFor, fail } = world();
    fail(3);
    clock.ms += PAUSE_MS;
    const probe = passage();
    expect([refusedFor(), refusedFor()]).toEqual([1, 1]);
    probe.succeeded();
    expect(refusedFor()).toBeUndefined();
    fail(2);
    expect(refusedFor()).toBeUndefined();
    expect(events).toEqual(["opened after 3 for 30000", "closed"]);
  });

  it("pauses again after that call's failure, and tries the next where it said nothing", () => {
    const { clock, events, passage, refusedFor, fail } = world();
    fail(3);
    clock.ms += PAUSE_MS;
    const probe = passage();
    clock.ms += 5_000;
    probe.failed();
    expect(refusedFor()).toBe(30);
    clock.ms += PAUSE_MS;
    passage().abandoned();
    passage().succeeded();
    expect(events).toEqual(["opened after 3 for 30000", "opened after 3 for 30000", "closed"]);
  });

  it("does not listen to calls of an earlier state, nor to a second word", () => {
    const { clock, events, passage, refusedFor, fail } = world();
    const [old, other] = [passage(), passage()];
    fail(3);
    old.succeeded();
    expect(refusedFor()).toBe(30);
    clock.ms += PAUSE_MS;
    const probe = passage();
    other.failed();
    probe.succeeded();
    probe.failed();
    fail(2);
    expect(refusedFor()).toBeUndefined();
    expect(events).toEqual(["opened after 3 for 30000", "closed"]);
  });

  it("tries at once when the clock was set back", () => {
    const { clock, refusedFor, fail } = world();
    fail(3);
    clock.ms -= 1;
    expect(refusedFor()).toBeUndefined();
  });

  it("whatever happens, is open only after as many failures, lets one call at a time pass then, and never stays shut", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("enter" as const) }),
      fc.record({
        kind: fc.constantFrom("succeeded" as const, "failed" as const, "abandoned" as const),
        which: fc.nat(),
      }),
      fc.record({ kind: fc.constant("time" as const), byMs: fc.constantFrom(1, 10_000, PAUSE_MS, -1, -PAUSE_MS) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (steps, most) => {
        const { clock, breaker, events } = world(most);
        const out: Permit[] = [];
        let failures = 0;
        for (const each of steps) {
          if (each.kind === "time") clock.ms += each.byMs;
          else if (each.kind === "enter") {
            const entered = breaker.enter();
            if ("retryAfter" in entered) {
              expect(failures).toBeGreaterThanOrEqual(most);
              expect(entered.retryAfter).toBeGreaterThanOrEqual(1);
              expect(entered.retryAfter).toBeLessThanOrEqual(PAUSE_MS / 1_000);
            } else out.push(entered);
          } else {
            const [passage] = out.splice(each.which % Math.max(out.length, 1), 1);
            passage?.[each.kind]();
            if (each.kind === "failed" && passage !== undefined) failures++;
          }
        }
        const opened = events.filter((event) => event !== "closed").length;
        expect(opened).toBeLessThanOrEqual(failures);
        expect(events.length - opened).toBeLessThanOrEqual(opened);
        // Whoever is still out comes home; long after that, however the clock was set, somebody may pass.
        for (const passage of out) passage.abandoned();
        clock.ms += 100 * PAUSE_MS;
        expect("retryAfter" in breaker.enter()).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });
});
