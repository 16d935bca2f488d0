import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Answer } from "../support/gatewayClient.ts";
import { startFront, startFunctions } from "./support/chain.ts";

const UPLOADS = 256;
/** MaxConcurrentCallsPerUser, and what may wait beside it. */
const UNDER_WAY = 32;
const WAITING = 4 * UNDER_WAY;
const PIECE = Buffer.alloc(300);
const PIECE_EVERY_MS = 1_000;
/** Longer than a call waits in the queue. */
const PIECES = 8;
const PATIENCE_MS = 60_000;

/** 300 B/s, within every limit of the host and of API Management. */
async function* trickle() {
  for (let sent = 0; sent < PIECES; sent++) {
    yield PIECE;
    await delay(PIECE_EVERY_MS);
  }
}

describe("one user with 256 trickled uploads", () => {
  it("has 32 of them under way; another user is answered while all are open, the rest gets 429", {
    timeout: PATIENCE_MS,
  }, async () => {
    await using functions = await startFunctions();
    await using front = await startFront(functions);
    const { profile, seed } = functions.azure;
    const [alice, bob] = await Promise.all([functions.signIn(seed.users.alice), functions.signIn(seed.users.bob)]);
    const call = (path: string, more = {}) => front.client.call(`/obo/downstream/profile${path}`, more);
    // Token B and connections are there: what follows is about the connections to the API alone.
    for (const token of [alice, bob]) expect((await call("/me", { token })).status).toBe(200);

    let arrived = 0;
    const stop = profile.onArrival(({ url }) => {
      if (url.startsWith("/upload")) arrived++;
    });
    let isOver = false;
    const answers = Array.from({ length: UPLOADS }, async (): Promise<Answer> => {
      const answer = await call("/upload", { method: "POST", token: alice, body: Readable.from(trickle()) });
      isOver = true;
      return answer;
    });
    const all = Promise.all(answers);
    // Where the test fails before their end, the client ends them.
    all.catch(() => undefined);
    const refused = () => functions.log.events.filter(({ code }) => code === "too_many_concurrent_calls").length;
    // Without a cap all of them arrive.
    const areThere = () => (arrived > UNDER_WAY ? arrived : arrived + refused() + WAITING) >= UPLOADS;
    while (!areThere() && !isOver) await delay(50);
    const other = await call("/me", { token: bob });
    expect({ status: other.status, uploadsOver: isOver, arrived }).toEqual({
      status: 200,
      uploadsOver: false,
      arrived: UNDER_WAY,
    });

    const statuses = (await all).map(({ status, headers }) => `${status} ${headers["retry-after"]}`);
    stop();
    const count = (status: string) => statuses.filter((each) => each === status).length;
    expect([count("200 undefined"), count("429 5")]).toEqual([UNDER_WAY, UPLOADS - UNDER_WAY]);
    // And none is left under way: the user has the API again.
    expect((await call("/me", { token: alice })).status).toBe(200);
    const { gauges } = await functions.host.workerResources();
    expect(gauges).toMatchObject({
      "obo.downstream.calls profile under_way": 0,
      "obo.downstream.calls profile waiting": 0,
    });
  });
});

describe("an API whose connections are all in use", () => {
  it("answers 503 downstream_busy with Retry-After to who waited too long, 429 at the cap, and 200 when one is free", async () => {
    await using functions = await startFunctions({
      settings: () => ({
        DownstreamApis__profile__MaxConnections: "1",
        DownstreamApis__profile__QueueTimeoutSeconds: "0.2",
      }),
    });
    await using front = await startFront(functions);
    const { alice, bob } = functions.azure.seed.users;
    const [aliceToken, bobToken] = await Promise.all([functions.signIn(alice), functions.signIn(bob)]);
    const call = (token: string) => front.client.call("/obo/downstream/profile/me", { token });
    const hangUp = new AbortController();
    const path = "/obo/downstream/profile/trickle?everyMs=20";
    const { body } = await front.client.send(path, { token: aliceToken, signal: hangUp.signal });
    body.on("error", () => undefined).resume();

    const busy = await call(bobToken);
    expect([busy.status, busy.headers["retry-after"]]).toEqual([503, "1"]);
    expect(busy.json()).toMatchObject({ code: "downstream_busy", retryAfter: 1 });
    const capped = await call(aliceToken);
    expect([capped.status, capped.headers["retry-after"]]).toEqual([429, "1"]);
    expect(capped.json()).toMatchObject({ code: "too_many_concurrent_calls", retryAfter: 1 });

    hangUp.abort();
    let answer = await call(bobToken);
    while (answer.status === 503) answer = await call(bobToken);
    expect(answer.status).toBe(200);
  });
});
