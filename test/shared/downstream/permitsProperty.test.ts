import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { CallQueue } from "../../../shared/downstream/callQueue.ts";
import { DownstreamCalls } from "../../../shared/downstream/downstreamCalls.ts";
import type { DownstreamRequest, DownstreamResponse } from "../../../shared/downstream/downstreamClient.ts";
import { detachedBody } from "../../../shared/downstream/requestBody.ts";
import { DownstreamUnreachableError } from "../../../shared/errors/errors.ts";
import { recordedLog, tokenB, userOf } from "../exchange/support/subjects.ts";
import { apiSettings } from "./support/apiSettings.ts";
import { get } from "./support/calls.ts";

type Outcome = "ok" | "no content" | "rejected" | "broken connection" | "failure" | "never";
type Ending = "read" | "destroy" | "error";

interface PlannedCall {
  readonly user: string;
  readonly outcomes: readonly [Outcome, Outcome];
  readonly upload: "none" | "whole" | "trickled" | "broken";
  readonly ending: Ending;
  readonly replaceFails: boolean;
  /** After how many turns of the event loop it starts, the client of it hangs up, and its parts end. */
  readonly startsAfter: number;
  readonly hangsUpAfter: number | undefined;
  readonly takes: number;
}

const plannedCall: fc.Arbitrary<PlannedCall> = fc.record({
  user: fc.constantFrom("alice", "bob", "carol"),
  outcomes: fc.tuple(outcome(), outcome()),
  upload: fc.constantFrom("none", "whole", "trickled", "broken"),
  ending: fc.constantFrom<Ending[]>("read", "destroy", "error"),
  replaceFails: fc.boolean(),
  startsAfter: fc.nat(20),
  hangsUpAfter: fc.option(fc.nat(30), { nil: undefined }),
  takes: fc.nat(6),
});

function outcome(): fc.Arbitrary<Outcome> {
  return fc.constantFrom("ok", "no content", "rejected", "broken connection", "failure", "never");
}

async function turns(count: number): Promise<void> {
  for (let done = 0; done < count; done++) await turn();
}

it("no permit is lost, whatever becomes of calls, their attempts and their bodies, in whatever order", async () => {
  const property = fc.asyncProperty(fc.array(plannedCall, { maxLength: 24 }), async (plan) => {
    const api = apiSettings({ maxConnections: 3, maxConcurrentCallsPerUser: 2, retryConnectionFailures: true });
    const queue = new CallQueue(api);
    const { log } = recordedLog();
    const hangUps: AbortController[] = [];

    const run = async (call: PlannedCall): Promise<void> => {
      await turns(call.startsAfter);
      const hangUp = new AbortController();
      hangUps.push(hangUp);
      if (call.hangsUpAfter !== undefined) void turns(call.hangsUpAfter).then(() => hangUp.abort());
      const outcomes = [...call.outcomes];

      /** Stands for the client: takes a copy of the body, answers or fails after a while, ends with the signal. */
      const send = async (request: DownstreamRequest): Promise<DownstreamResponse> => {
        const { body, permit, kept, signal } = request;
        expect(queue.underWay).toBeGreaterThan(0);
        const copy = body instanceof PassThrough ? detachedBody(body, undefined, kept) : undefined;
        copy?.on("error", () => undefined).resume();
        if (copy !== undefined) permit?.holdUntilClosed(copy);
        const end = outcomes.shift() ?? "failure";
        await Promise.race([turns(end === "never" ? 1_000 : call.takes), aborted(signal)]);
        if (signal.aborted || end === "failure" || end === "never" || end === "broken connection") {
          copy?.destroy();
          const code = end === "broken connection" ? "ECONNRESET" : "OTHER";
          throw new DownstreamUnreachableError("profile", Object.assign(new Error("down"), { code }));
        }
        const answer = new PassThrough();
        permit?.holdUntilClosed(answer);
        if (end === "ok") void turns(call.takes).then(() => answer.end("answer"));
        else answer.end();
        signal.addEventListener("abort", () => answer.on("error", () => undefined).destroy(), { once: true });
        // As undici ends an upload that was answered early.
        answer.once("close", () => copy?.destroy());
        const status = end === "rejected" ? 401 : end === "ok" ? 200 : 204;
        return { status, headers: [], challenges: [], body: answer, bodyFailure: () => new Error("broken") };
      };

      const upload = call.upload === "none" ? undefined : new PassThrough();
      upload?.on("error", () => undefined);
      upload?.write("x");
      if (call.upload === "whole") upload?.end();
      if (call.upload === "trickled") void turns(call.takes * 2).then(() => upload?.end());
      if (call.upload === "broken") void turns(call.takes).then(() => upload?.destroy(new Error("aborted")));
      const calls = new DownstreamCalls({
        broker: {
          accessToken: async () => ({ ...tokenB("T1", 0), cached: true }),
          replace: async () => {
            if (call.replaceFails) throw new Error("no token");
            return tokenB("T2", 0);
          },
          forget: () => undefined,
        },
        realm: { authorizationUri: "https://login.example", clientId: "c" },
        now: () => 0,
      });
      const target = { enter: () => queue.enter(call.user, hangUp.signal), send };
      const method = upload === undefined ? "GET" : "PUT";
      const request = get("/x", { method, body: upload, signal: hangUp.signal });
      const answer = await calls
        .call({ user: userOf(call.user), target, api, request, log })
        .catch((error: unknown) => void expect(error).toBeInstanceOf(Error));
      answer?.body.on("error", () => undefined);
      await turns(call.takes);
      if (call.ending === "read") answer?.body.resume();
      else answer?.body.destroy(call.ending === "error" ? new Error("cut") : undefined);
      upload?.resume();
    };

    const all = Promise.all(plan.map(run));
    const running = { over: false };
    void all.finally(() => {
      running.over = true;
    });
    for (let count = 0; !running.over; count++) {
      expect(queue.underWay).toBeLessThanOrEqual(3);
      // What never ends by itself ends with its client.
      if (count === 200) for (const hangUp of hangUps) hangUp.abort();
      if (count > 200) hangUps.at(-1)?.abort();
      await turn();
    }
    await all;
    for (const hangUp of hangUps) hangUp.abort();
    await turns(40);
    expect(queue).toMatchObject({ underWay: 0, waiting: 0 });
  });
  await fc.assert(property, { numRuns: 150 });
});

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
