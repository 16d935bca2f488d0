import type { Fault } from "@obo-gateway/local-azure/entra/faultSchema.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failedExchange } from "./support/failedCall.ts";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";
import { newUser } from "./support/people.ts";
import type { ExpectedProblem } from "./support/problem.ts";
import { expectProblem } from "./support/problem.ts";

/** Long enough for what shall succeed on a busy machine. */
const LIMIT_S = 2;

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway({ settings: () => ({ AzureAd__RequestTimeoutSeconds: String(LIMIT_S) }) });
});
afterAll(async () => {
  expectNothingSecretLogged(gateway);
  await gateway[Symbol.asyncDispose]();
});

const traceId = expect.stringMatching(/^[0-9a-f-]{36}$/);

function unavailable(retryAfter: number, members: ExpectedProblem["members"] = {}): ExpectedProblem {
  const detail = `The identity provider is unavailable: try again after ${retryAfter} s.`;
  return { code: "identity_provider_unavailable", detail, members, retryAfter };
}

function throttled(retryAfter: number): ExpectedProblem {
  return {
    code: "throttled",
    detail: `Too many token requests for this user: try again after ${retryAfter} s.`,
    members: { errorCodes: [90055], traceId },
    retryAfter,
  };
}

const LATE: ExpectedProblem = {
  code: "identity_provider_timeout",
  detail: "The identity provider did not answer in time.",
};
const NOT_UNDERSTOOD: ExpectedProblem = {
  code: "exchange_failed",
  detail: "The token for this downstream API could not be obtained.",
};
/** What the log says of a connection that was lost. */
const CUT =
  /^No answer from the identity provider: localhost:\d+ cannot be reached: (?:other side closed|read ECONNRESET)\.$/;
const TRANSIENT = { errorCodes: [90033], traceId };

describe("Entra ID in trouble, for one user", () => {
  it.each<[string, Fault["effect"], ExpectedProblem, string | RegExp]>([
    ["429", { kind: "throttle", retryAfterS: 7 }, throttled(7), "AADSTS90055"],
    ["429 without Retry-After", { kind: "throttle" }, throttled(30), "AADSTS90055"],
    ["503", { kind: "outage" }, unavailable(10, TRANSIENT), "AADSTS90033: A transient fault of Entra ID."],
    ["503 with Retry-After", { kind: "outage", retryAfterS: 4 }, unavailable(4, TRANSIENT), "AADSTS90033"],
    [
      "500 with a page of HTML",
      { kind: "outage", status: 500, body: "html" },
      unavailable(10),
      "HTTP 500 with 62 char",
    ],
    ["502 with nothing", { kind: "outage", status: 502, body: "empty" }, unavailable(10), "HTTP 502 with 0 char"],
    ["an answer beyond the time limit", { kind: "slow", delayMs: 3_000 }, LATE, "No answer within 2000 ms"],
    ["no answer", { kind: "hang" }, LATE, "No answer within 2000 ms (AzureAd__RequestTimeoutSeconds)."],
    ["a cut instead of an answer", { kind: "cut", when: "before-headers" }, unavailable(10), CUT],
    ["a cut in mid-answer", { kind: "cut", when: "mid-body" }, unavailable(10), CUT],
    ["half a JSON", { kind: "malformed-json" }, NOT_UNDERSTOOD, "HTTP 200 with 56 characters that are not JSON"],
    ["JSON without a token", { kind: "no-access-token" }, NOT_UNDERSTOOD, "members missing or wrong: access_token"],
    ["an endless answer", { kind: "oversized" }, unavailable(10), "the answer is longer than 1048576 bytes"],
    [
      "an error of its own invention",
      { kind: "error", aadsts: 99999, error: "odd" },
      { ...NOT_UNDERSTOOD, members: { errorCodes: [99999], traceId } },
      "AADSTS99999",
    ],
  ])("%s", async (_, effect, expected, logged) => {
    const { azure, client } = gateway;
    const user = newUser(azure);
    const lift = azure.entra.faults.add({ aim: { user: user.oid }, effect });
    const token = await gateway.signIn(user);
    const [event, other] = await Promise.all([failedExchange(gateway, token, expected), othersGoOn()]);
    lift();
    if (typeof logged === "string") expect(event.diagnosis).toContain(logged);
    else expect(event.diagnosis).toMatch(logged);
    expect(other).toBe(200);

    async function othersGoOn(): Promise<number> {
      const bystander = newUser(azure);
      const answer = await client.call("/validate", { token: await gateway.signIn(bystander) });
      return answer.status;
    }
  });

  it("does not keep another user waiting, and is over for this one once Entra ID answers again", async () => {
    const { azure, client } = gateway;
    const [slowed, other] = [newUser(azure), newUser(azure)];
    const lift = azure.entra.faults.add({ aim: { user: slowed.oid }, effect: { kind: "throttle", retryAfterS: 1 } });
    await failedExchange(gateway, await gateway.signIn(slowed), throttled(1));
    const answer = await client.call("/downstream/profile/me", { token: await gateway.signIn(other) });
    expect([answer.status, answer.json().oid]).toEqual([200, other.oid]);
    lift();
    await expect.poll(async () => (await callAs(slowed.oid)).status, { interval: 200, timeout: 5_000 }).toBe(200);
  });

  it("takes an answer that is slow, but in time", async () => {
    const user = newUser(gateway.azure);
    gateway.azure.entra.faults.add({ aim: { user: user.oid }, times: 1, effect: { kind: "slow", delayMs: 300 } });
    expect((await callAs(user.oid)).status).toBe(200);
  });
});

describe("Entra ID down for a process that knows nothing yet", () => {
  it.each(["keys", "metadata"] as const)(
    "answers 503 while it gives no %s, and serves once it does",
    async (endpoint) => {
      const { azure } = gateway;
      azure.entra.faults.add({ endpoint, effect: { kind: "outage", body: "html" } });
      await using fresh = await startGateway({ azure });
      const token = await gateway.signIn(newUser(azure));
      const refused = await fresh.client.call("/downstream/profile/me", { token });
      azure.entra.faults.clear();
      expectProblem(fresh, refused, unavailable(10));
      expect((await fresh.client.call("/downstream/profile/me", { token })).status).toBe(200);
    },
  );
});

async function callAs(user: string) {
  const { entra, seed } = gateway.azure;
  const token = await entra.issueUserToken({ user, client: seed.client.clientId, scope: seed.scopes.gateway });
  return gateway.client.call("/downstream/profile/me", { token });
}
