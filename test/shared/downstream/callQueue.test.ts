import { PassThrough } from "node:stream";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CallQueueSettings } from "../../../shared/downstream/callQueue.ts";
import { CallPermit, CallQueue, userKey } from "../../../shared/downstream/callQueue.ts";
import { GatewayError, GatewayTimeoutError } from "../../../shared/errors/errors.ts";
import { apiSettings } from "./support/apiSettings.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** Lets all promises that are settled by now be told. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A queue for three connections, two of them for one user, and what became of each call by its name. */
function queueOf(changes: Partial<CallQueueSettings> = {}) {
  const queue = new CallQueue(
    apiSettings({ maxConnections: 3, maxConcurrentCallsPerUser: 2, queueTimeoutMs: 5_000, ...changes }),
  );
  const events: string[] = [];
  const permits = new Map<string, CallPermit>();
  const enter = (call: string, signal = new AbortController().signal): void => {
    const granted = (permit: CallPermit): void => {
      permits.set(call, permit);
      events.push(call);
    };
    const refused = (error: unknown): void => {
      const { code, name } = error instanceof GatewayError ? error : { code: undefined, name: String(error) };
      events.push(`${call}: ${code ?? name}`);
    };
    try {
      const turn = queue.enter(call.slice(0, 1), signal);
      if (turn instanceof CallPermit) granted(turn);
      else turn.then(granted, refused);
    } catch (error) {
      refused(error);
    }
  };
  const release = async (...calls: string[]): Promise<void> => {
    for (const call of calls) {
      permits.get(call)?.release();
      await settled();
    }
  };
  return { queue, events, enter, release, permits };
}

describe("the queue before an API", () => {
  it("gives a permit at once, without a promise, while nothing has to be waited for", () => {
    const { queue, enter } = queueOf();
    for (const call of ["a1", "a2", "b1"]) enter(call);
    expect(queue).toMatchObject({ underWay: 3, waiting: 0 });
  });

  it("lets a user at the cap wait, and others past", async () => {
    const { queue, enter, release, events } = queueOf();
    for (const call of ["a1", "a2", "a3", "b1"]) enter(call);
    expect(events).toEqual(["a1", "a2", "b1"]);
    expect(queue).toMatchObject({ underWay: 3, waiting: 1 });
    await release("b1");
    expect(events).toEqual(["a1", "a2", "b1"]);
    await release("a2");
    expect(events).toEqual(["a1", "a2", "b1", "a3"]);
  });

  it("serves users in turn, and each user's calls in their order", async () => {
    const { enter, release, events } = queueOf({ maxConnections: 1 });
    for (const call of ["x", "a1", "a2", "b1", "c1"]) enter(call);
    await release("x", "a1", "b1", "c1", "a2");
    expect(events).toEqual(["x", "a1", "b1", "c1", "a2"]);
  });

  it("refuses a call that waited too long: 429 where the user is at the cap, 503 where all connections are in use", async () => {
    const { queue, enter, events } = queueOf();
    for (const call of ["a1", "a2", "b1", "a3", "c1"]) enter(call);
    vi.advanceTimersByTime(4_999);
    await settled();
    expect(events).toHaveLength(3);
    vi.advanceTimersByTime(1);
    await settled();
    expect(events.slice(3)).toEqual(["a3: too_many_concurrent_calls", "c1: downstream_busy"]);
    expect(queue).toMatchObject({ underWay: 3, waiting: 0 });
  });

  it("says when to come back", () => {
    const queue = new CallQueue(
      apiSettings({ maxConnections: 1, maxConcurrentCallsPerUser: 1, queueTimeoutMs: 2_500 }),
    );
    const { signal } = new AbortController();
    for (let call = 0; call < 3; call++) void queue.enter("a", signal);
    expect(() => queue.enter("a", signal)).toThrow(expect.objectContaining({ members: { retryAfter: 3 } }));
  });

  it("waits no longer than the whole call may take", async () => {
    const { enter, events } = queueOf({ totalTimeoutMs: 1_000 });
    for (const call of ["a1", "a2", "a3"]) enter(call);
    vi.advanceTimersByTime(1_000);
    await settled();
    expect(events.at(-1)).toBe("a3: too_many_concurrent_calls");
  });

  it("refuses at once beyond two waiting calls per permit, of one user as in total; a user without any call still gets a turn", async () => {
    const { queue, enter, events } = queueOf();
    for (let call = 0; call < 7; call++) enter(`a${call}`);
    await settled();
    expect(queue).toMatchObject({ underWay: 2, waiting: 4 });
    expect(events.slice(2)).toEqual(["a6: too_many_concurrent_calls"]);
    // The flood of one user leaves room for others, and a full queue leaves it for a newcomer.
    for (const call of ["b0", "b1", "b2", "b3", "c0", "c1"]) enter(call);
    await settled();
    expect(queue).toMatchObject({ underWay: 3, waiting: 7 });
    expect(events.slice(3)).toEqual(["b0", "b3: downstream_busy", "c1: downstream_busy"]);
  });

  it("forgets a call whose client hangs up, and tells why a call ended", async () => {
    const { queue, enter, release, events } = queueOf({ maxConnections: 1 });
    const [gone, late] = [new AbortController(), new AbortController()];
    enter("a1");
    enter("a2", gone.signal);
    enter("b1", late.signal);
    enter("c1");
    gone.abort();
    late.abort(new GatewayTimeoutError(1));
    enter("d1", AbortSignal.abort());
    await settled();
    expect(events).toEqual([
      "a1",
      "a2: CallerGoneError: The caller hung up.",
      "b1: gateway_timeout",
      "d1: CallerGoneError: The caller hung up.",
    ]);
    expect(queue.waiting).toBe(1);
    await release("a1", "c1");
    expect(queue).toMatchObject({ underWay: 0, waiting: 0 });
  });

  it("counts a call until its release and the end of all streams, in any order, each once", async () => {
    const { queue, enter, permits } = queueOf();
    enter("a1");
    const permit = permits.get("a1");
    const [upload, download] = [new PassThrough(), new PassThrough()];
    permit?.holdUntilClosed(upload);
    permit?.holdUntilClosed(download);
    permit?.release();
    permit?.release();
    upload.destroy();
    await settled();
    expect(queue.underWay).toBe(1);
    download.resume().end();
    await settled();
    await settled();
    expect(queue.underWay).toBe(0);
    permit?.holdUntilClosed(upload);
    permit?.release();
    expect(queue.underWay).toBe(0);
  });

  it("knows users by tenant and object id", () => {
    expect(userKey({ tenantId: "t", userId: "u" })).not.toBe(userKey({ tenantId: "u", userId: "t" }));
  });
});

type Step = readonly [kind: "enter" | "release" | "hang up" | "wait", which: number];

const steps = fc.array(
  fc.tuple(fc.constantFrom<Step[0][]>("enter", "enter", "enter", "release", "release", "hang up", "wait"), fc.nat(99)),
  { maxLength: 120 },
);

interface PropertyCall {
  readonly user: string;
  readonly hangUp: AbortController;
  permit?: CallPermit;
  /** Stands for a body that streams on after the call has its answer. */
  readonly body: PassThrough;
  over: boolean;
}

describe("whatever happens in whatever order", () => {
  it("the caps hold, nobody is passed over, no connection idles while a call could use it, and no permit is lost", async () => {
    const shapes = fc.record({ connections: fc.integer({ min: 1, max: 6 }), cap: fc.integer({ min: 1, max: 6 }) });
    const property = fc.asyncProperty(shapes, steps, async ({ connections, cap }, plan) => {
      const queue = new CallQueue(
        apiSettings({ maxConnections: connections, maxConcurrentCallsPerUser: cap, queueTimeoutMs: 1_000 }),
      );
      const calls: PropertyCall[] = [];
      const waitingOf = (user: string) => calls.filter((call) => call.user === user && !call.permit && !call.over);
      const underWayOf = (user: string) => calls.filter((call) => call.user === user && call.permit && !call.over);
      const pick = (from: readonly PropertyCall[], which: number) => from[which % Math.max(1, from.length)];
      /** Since when, in turns given to others, a user could have gone on. */
      const passedOver = new Map<string, Map<string, number>>();

      const grant = (call: PropertyCall, permit: CallPermit): void => {
        expect(waitingOf(call.user).at(0)).toBe(call);
        call.permit = permit;
        permit.holdUntilClosed(call.body);
        passedOver.delete(call.user);
      };
      const enter = (user: string): void => {
        const call: PropertyCall = { user, hangUp: new AbortController(), body: new PassThrough(), over: false };
        const canGoOn =
          underWayOf(user).length < cap && calls.filter(({ permit, over }) => permit && !over).length < connections;
        try {
          const turn = queue.enter(user, call.hangUp.signal);
          calls.push(call);
          expect(turn instanceof CallPermit).toBe(canGoOn);
          if (turn instanceof CallPermit) grant(call, turn);
          else {
            turn.then(
              (permit) => {
                for (const other of new Set(calls.map((each) => each.user))) {
                  if (other === user || waitingOf(other).length === 0 || underWayOf(other).length >= cap) continue;
                  const by = passedOver.get(other) ?? new Map<string, number>();
                  by.set(user, (by.get(user) ?? 0) + 1);
                  passedOver.set(other, by);
                  // Once before the other's own turn, and once more where it became able to go on in between.
                  expect(by.get(user)).toBeLessThanOrEqual(2);
                }
                grant(call, permit);
              },
              () => {
                call.over = true;
              },
            );
          }
        } catch (error) {
          expect(error).toMatchObject({ members: { retryAfter: 1 } });
        }
      };

      for (const [kind, which] of plan) {
        if (kind === "enter") enter("abcd".charAt(which % 4));
        if (kind === "wait") vi.advanceTimersByTime(which * 10);
        if (kind === "hang up") pick(calls, which)?.hangUp.abort();
        if (kind === "release") {
          const call = pick(
            calls.filter(({ permit, over }) => permit && !over),
            which,
          );
          // Both have to happen, in either order.
          const ends = [() => call?.permit?.release(), () => call?.body.destroy()];
          for (const end of which % 2 === 0 ? ends : ends.reverse()) {
            end();
            await settled();
          }
          if (call !== undefined) call.over = true;
        }
        await settled();
        const underWay = calls.filter(({ permit, over }) => permit && !over).length;
        const waiting = calls.filter(({ permit, over }) => !permit && !over).length;
        expect(queue).toMatchObject({ underWay, waiting });
        expect(underWay).toBeLessThanOrEqual(connections);
        expect(waiting).toBeLessThanOrEqual(4 * connections);
        for (const user of "abcd") {
          expect(underWayOf(user).length).toBeLessThanOrEqual(cap);
          expect(waitingOf(user).length).toBeLessThanOrEqual(4 * cap);
          const idles = underWay < connections && underWayOf(user).length < cap && waitingOf(user).length > 0;
          expect(idles).toBe(false);
        }
      }

      for (const { hangUp } of calls) hangUp.abort();
      for (const { permit, body } of calls) {
        permit?.release();
        body.destroy();
      }
      await settled();
      await settled();
      expect(queue).toMatchObject({ underWay: 0, waiting: 0 });
      for (let call = 0; call < connections; call++)
        expect(queue.enter(`fresh ${call}`, new AbortController().signal)).toBeInstanceOf(CallPermit);
      vi.clearAllTimers();
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
