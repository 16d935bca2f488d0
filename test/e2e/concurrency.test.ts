import type { User } from "@obo-gateway/local-azure/entra/directory.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { newUser } from "./support/people.ts";
import { seededRandom, shuffled } from "./support/seededRandom.ts";

const USERS = 500;
const THROTTLED_USERS = 5;
const AT_ONCE = 120;
const SLOWED_REQUESTS = 400;
const LONGEST_DELAY_MS = 150;
const SEED = 20_250;
const PATIENCE_MS = 120_000;

interface Caller {
  readonly user: User;
  readonly token: string;
}
interface Call {
  readonly caller: Caller;
  readonly api: "profile" | "ledger";
}

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway({ settings: () => ({ AzureAd__RequestTimeoutSeconds: "60" }) });
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** Users who were never served before: nothing that is remembered of them can stand in for an exchange. */
function newcomers(count: number): Promise<Caller[]> {
  const users = Array.from({ length: count }, () => newUser(gateway.azure));
  return Promise.all(users.map(async (user) => ({ user, token: await gateway.signIn(user) })));
}

/** Each calls both APIs, one of them twice. */
function callsOf(callers: readonly Caller[], random: () => number): Call[] {
  return callers.flatMap((caller) => [
    { caller, api: "profile" },
    { caller, api: "ledger" },
    { caller, api: random() < 0.5 ? "profile" : "ledger" },
  ]);
}

async function run(calls: readonly Call[], random: () => number, check: (call: Call, answer: Answered) => void) {
  const left = [...calls];
  const worker = async (): Promise<void> => {
    for (let call = left.pop(); call !== undefined; call = left.pop()) {
      const { caller, api } = call;
      const path = random() < 0.5 ? `/downstream/${api}/me` : `/downstream/${api}/me?${caller.user.oid}`;
      const answer = await gateway.client.call(path, { token: caller.token });
      check(call, { status: answer.status, body: answer.json() });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

function isOwn({ caller, api }: Call, { status, body }: Answered): boolean {
  return status === 200 && body.oid === caller.user.oid && body.aud === gateway.azure.seed[api].clientId;
}

describe(`${USERS} users at once`, () => {
  it("are never mixed up: each answer is the caller's own", { timeout: PATIENCE_MS }, async () => {
    const random = seededRandom(SEED);
    const calls = callsOf(await newcomers(USERS), random);
    const verdicts: boolean[] = [];
    await run(shuffled(calls, random), random, (call, answer) => verdicts.push(isOwn(call, answer)));
    expect(verdicts).toEqual(calls.map(() => true));
  });

  it("neither while Entra ID is slow at random and throttles some", { timeout: PATIENCE_MS }, async () => {
    const random = seededRandom(SEED + 1);
    const { entra } = gateway.azure;
    const [throttled, served] = [await newcomers(THROTTLED_USERS), await newcomers(USERS)];
    for (const { user } of throttled) {
      entra.faults.add({ aim: { user: user.oid }, effect: { kind: "throttle", retryAfterS: 60 } });
    }
    for (let count = 0; count < SLOWED_REQUESTS; count++) {
      const effect = { kind: "slow", delayMs: Math.floor(random() * LONGEST_DELAY_MS) } as const;
      entra.faults.add({ times: 1, effect });
    }
    const calls = shuffled(callsOf([...throttled, ...served], random), random);
    const wrong: [user: string, api: Call["api"], Answered][] = [];
    await run(calls, random, (call, answer) => {
      const right = throttled.includes(call.caller)
        ? answer.status === 503 && answer.body.code === "throttled"
        : isOwn(call, answer);
      if (!right) wrong.push([call.caller.user.oid, call.api, answer]);
    });
    entra.faults.clear();
    expect(wrong).toEqual([]);
  });
});
