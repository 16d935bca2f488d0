import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayUnderTest } from "../support/gatewayUnderTest.ts";
import { startFront, startFunctions } from "./support/chain.ts";
import { expectPolicyProblem } from "./support/problem.ts";

const CALLS = 3;
const PERIOD_S = 60;

let functions: GatewayUnderTest;
beforeAll(async () => {
  functions = await startFunctions();
});
afterAll(() => functions[Symbol.asyncDispose]());

describe("the rate limit", () => {
  it("holds for each user apart, says when to come back, and keeps to it", async () => {
    const { alice, bob } = functions.azure.seed.users;
    const aliceToken = await functions.signIn(alice);
    // After the sign-in: API Management allows for no difference of clocks, and the token is not valid before its second.
    let nowMs = Date.now();
    await using front = await startFront(functions, { rateLimitCalls: CALLS, now: () => nowMs });
    const call = (token: string) => front.client.call("/obo/downstream/profile/me", { token });
    for (let time = 0; time < CALLS; time++) expect((await call(aliceToken)).status).toBe(200);
    nowMs += 20_000;
    const calls = functions.azure.profile.requests.length;
    expectPolicyProblem(functions, await call(aliceToken), "too_many_requests", { retryAfter: PERIOD_S - 20 });
    // Another token of the same user is no other user.
    const again = await functions.signIn(alice);
    expectPolicyProblem(functions, await call(again), "too_many_requests", { retryAfter: PERIOD_S - 20 });
    expect(functions.azure.profile.requests).toHaveLength(calls);
    expect((await call(await functions.signIn(bob))).status).toBe(200);
    nowMs += (PERIOD_S - 20) * 1_000;
    expect((await call(aliceToken)).status).toBe(200);
  });

  it("counts only calls whose token is valid", async () => {
    await using front = await startFront(functions, { rateLimitCalls: 1 });
    const { alice } = functions.azure.seed.users;
    const forged = await functions.signIn(alice, { forgery: { foreignKey: true } });
    for (let time = 0; time < 3; time++) {
      const answer = await front.client.call("/obo/downstream/profile/me", { token: forged });
      expectPolicyProblem(functions, answer, "invalid_token");
    }
    const token = await functions.signIn(alice);
    expect((await front.client.call("/obo/downstream/profile/me", { token })).status).toBe(200);
  });

  it("is not there on Consumption, which has none by key", async () => {
    await using front = await startFront(functions, { rateLimitCalls: 1, tier: "Consumption" });
    const token = await functions.signIn(functions.azure.seed.users.alice);
    for (let time = 0; time < 3; time++)
      expect((await front.client.call("/obo/downstream/profile/me", { token })).status).toBe(200);
  });
});
