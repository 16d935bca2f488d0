import { randomUUID } from "node:crypto";
import type { Fault } from "@obo-gateway/local-azure/entra/faultSchema.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LocalAzure } from "../../../local/azure.ts";
import type { GatewayUnderTest } from "../support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "../support/leaks.ts";
import type { Front, FrontOptions } from "./support/chain.ts";
import { startFront, startFunctions } from "./support/chain.ts";
import { type Expected, expectPolicyProblem, type PolicyCode } from "./support/problem.ts";

const ME = "/obo/downstream/profile/me";
const CALLS = 5;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

let functions: GatewayUnderTest;
let token: string;
beforeAll(async () => {
  functions = await startFunctions();
  token = await functions.signIn(functions.azure.seed.users.alice);
});
afterEach(() => functions.azure.entra.faults.clear());
afterAll(async () => {
  expectNothingSecretLogged(functions);
  await functions[Symbol.asyncDispose]();
});

/** How often Entra ID was asked for API Management's own token. */
function tokenRequests(): number {
  const { entra, seed } = functions.azure;
  return entra.requests.filter(({ clientId }) => clientId === seed.apiManagement.clientId).length;
}

/** What the log says of an answer of Entra ID. */
function answered(what: string, code?: number): string {
  const where = code === undefined ? "." : `: see https://login.microsoftonline.com/error?code=${code}`;
  return `Entra ID answered the request for API Management's own token with status ${what}${where}`;
}

/** Time-outs of API Management come ten times as soon. */
const tenfold: FrontOptions["startTimer"] = (ms, over) => {
  const timer = setTimeout(over, ms / 10);
  return () => clearTimeout(timer);
};

/** The same Azure, but another secret in API Management's named value. */
function withSecret(apiManagementSecret: string): LocalAzure {
  return { ...functions.azure, seed: { ...functions.azure.seed, apiManagementSecret } };
}

describe("the gateway's own token", () => {
  const kinds: [options: FrontOptions, requests: number][] = [
    [{ gatewayToken: "managed-identity", tier: "BasicV2" }, 0],
    [{ gatewayToken: "managed-identity", tier: "Consumption" }, 0],
    [{ gatewayToken: "client-credentials", tier: "BasicV2" }, 1],
    // Without a cache of its own, unless one is connected.
    [{ gatewayToken: "client-credentials", tier: "Consumption" }, CALLS],
  ];
  it.each(kinds)("opens the functions: %j, %i requests to Entra ID for 5 calls", async (options, requests) => {
    await using front = await startFront(functions, options);
    const before = tokenRequests();
    for (let time = 0; time < CALLS; time++) {
      const answer = await front.client.call(ME, { token });
      expect([answer.status, answer.json().oid]).toEqual([200, functions.azure.seed.users.alice.oid]);
    }
    expect(tokenRequests() - before).toBe(requests);
  });

  it("is asked for again shortly before it ends, and not earlier", async () => {
    let nowMs = Date.now();
    const { settings } = functions.azure.seed.directory;
    settings.accessTokenLifetimeMs = HOUR_MS;
    await using front = await startFront(functions, { gatewayToken: "client-credentials", now: () => nowMs });
    const before = tokenRequests();
    await front.client.call(ME, { token });
    nowMs += 50 * 60_000;
    await front.client.call(ME, { token });
    expect(tokenRequests() - before).toBe(1);
    nowMs += 8 * 60_000;
    await front.client.call(ME, { token });
    expect(tokenRequests() - before).toBe(2);
    settings.accessTokenLifetimeMs = undefined;
  });

  it.each(["a+b&c%d=e", "%2B%26+ &=?#/\\~'<>;{x}@(y)", "Zoë§é"])("comes for the secret %s", async (secret) => {
    const { secrets } = functions.azure.seed.apiManagement;
    secrets.push({ value: secret, keyId: randomUUID(), endMs: Date.now() + DAY_MS });
    const azure = withSecret(secret);
    await using front = await startFront(functions, { gatewayToken: "client-credentials", azure });
    expect((await front.client.call(ME, { token })).status).toBe(200);
    expect(functions.azure.entra.requests.filter(({ outcome }) => outcome === "AADSTS7000215")).toEqual([]);
  });
});

describe("a gateway's own token that cannot be had", () => {
  const none = "Entra ID did not answer the request for API Management's own token, within 10 s.";
  const strange =
    "Entra ID's answer to the request for API Management's own token is no JSON, or has no access_token and expires_in.";
  const failures: [what: string, effect: Fault["effect"], code: PolicyCode, diagnosis: string, Expected?][] = [
    ["outage as JSON", { kind: "outage" }, "identity_provider_unavailable", answered("503 and AADSTS90033", 90033)],
    ["outage as HTML", { kind: "outage", status: 502, body: "html" }, "identity_provider_unavailable", answered("502")],
    [
      "throttling",
      { kind: "throttle", retryAfterS: 30 },
      "identity_provider_unavailable",
      answered("429 and AADSTS90055", 90055),
      { retryAfter: 30, detail: "The gateway's own token cannot be had now: try again after 30 s." },
    ],
    ["cut connection", { kind: "cut", when: "before-headers" }, "identity_provider_unavailable", none],
    ["no answer at all", { kind: "hang" }, "identity_provider_unavailable", none],
    [
      "unknown client",
      { kind: "error", aadsts: 700016 },
      "gateway_misconfigured",
      answered("400 and AADSTS700016", 700016),
    ],
    ["malformed JSON", { kind: "malformed-json" }, "exchange_failed", strange],
    ["no token in it", { kind: "no-access-token" }, "exchange_failed", strange],
  ];
  it.each(failures)(
    "is told as such, and the next call tries again: %s",
    async (_, effect, code, diagnosis, expected) => {
      const { azure } = functions;
      await using front = await startFront(functions, { gatewayToken: "client-credentials", startTimer: tenfold });
      azure.entra.faults.add({ aim: { client: azure.seed.apiManagement.clientId }, times: 1, effect });
      const calls = azure.profile.requests.length;
      await expectFailure(front, code, expected);
      expect(front.events.at(-1)).toMatchObject({ event: "call_failed", code, diagnosis });
      expect(azure.profile.requests).toHaveLength(calls);
      expect((await front.client.call(ME, { token })).status).toBe(200);
    },
  );

  it.each(["BasicV2", "Consumption"] as const)("says nothing of a wrong secret but that it is so: %s", async (tier) => {
    const azure = withSecret("quite-a-wrong-secret");
    await using front = await startFront(functions, { gatewayToken: "client-credentials", tier, azure });
    const body = await expectFailure(front, "gateway_misconfigured");
    expect(body).not.toContain("quite-a-wrong-secret");
  });

  it("of a managed identity is as unavailable", async () => {
    const { azure } = functions;
    const issueApplicationToken = () => Promise.reject(new Error("The identity endpoint is down."));
    const broken = { ...azure, entra: { ...azure.entra, issueApplicationToken } };
    await using front = await startFront(functions, { azure: broken });
    await expectFailure(front, "identity_provider_unavailable");
  });

  async function expectFailure({ client, events }: Front, code: PolicyCode, expected?: Expected): Promise<string> {
    const answer = await client.call(ME, { token });
    expectPolicyProblem(functions, answer, code, expected);
    const { status, code: logged, correlationId } = events.at(-1) ?? expect.fail("nothing was logged");
    expect([status, logged, correlationId]).toEqual([answer.status, code, answer.headers["x-correlation-id"]]);
    const text = `${JSON.stringify(answer.headers)}${answer.body.toString("utf8")}`;
    expect(text).not.toMatch(/AADSTS|Trace ID|invalid_client|client_secret/);
    return text;
  }
});
