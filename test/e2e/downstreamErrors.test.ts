import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";
import { expectProblem } from "./support/problem.ts";

let gateway: GatewayUnderTest;
let token: string;
beforeAll(async () => {
  gateway = await startGateway({
    settings: ({ profile, seed }) => ({
      DownstreamApis__impatient__BaseUrl: profile.url,
      DownstreamApis__impatient__Scopes: seed.scopes.profile,
      DownstreamApis__impatient__ResponseTimeoutSeconds: "0.4",
      DownstreamApis__brief__BaseUrl: profile.url,
      DownstreamApis__brief__Scopes: seed.scopes.profile,
      DownstreamApis__brief__TotalTimeoutSeconds: "0.4",
      DownstreamApis__nowhere__BaseUrl: "https://localhost:1",
      DownstreamApis__nowhere__Scopes: seed.scopes.profile,
    }),
  });
  token = await gateway.signIn(gateway.azure.seed.users.alice);
});
afterAll(async () => {
  expectNothingSecretLogged(gateway);
  await gateway[Symbol.asyncDispose]();
});

/** What the log says of a call, by the correlation id that the caller chose. */
async function failed(path: string, code: "downstream_unreachable" | "downstream_timeout", api = "profile") {
  const correlationId = randomUUID();
  const answer = await gateway.client.call(`/downstream/${api}${path}`, {
    token,
    headers: { "client-request-id": correlationId },
  });
  const what = code === "downstream_timeout" ? "did not answer in time" : "cannot be reached";
  expectProblem(gateway, answer, { code, detail: `The downstream API ${api} ${what}.` });
  return gateway.log.event({ correlationId, event: "call_failed", code });
}

describe("a downstream API in trouble", () => {
  it("that cannot be reached: 502, and the log says why", async () => {
    const { cause } = await failed("/me", "downstream_unreachable", "nowhere");
    expect(cause).toContain("ECONNREFUSED");
  });

  it("that is down, and comes back: 502, then 200", async () => {
    const { profile } = gateway.azure;
    await profile.faults.down();
    await failed("/me", "downstream_unreachable");
    await profile.faults.up();
    expect((await gateway.client.call("/downstream/profile/me", { token })).status).toBe(200);
  });

  it("that cuts the connection instead of answering: 502", async () => {
    gateway.azure.profile.faults.cut({ requests: 1, pathPrefix: "/status/201" });
    await failed("/status/201", "downstream_unreachable");
  });

  it("that answers with something that is not HTTP: 502", async () => {
    const { cause } = await failed("/garbage", "downstream_unreachable");
    expect(cause).toContain("HTTPParserError");
  });

  it("that sends no headers in time: 504, and the log names the limit", async () => {
    const { diagnosis } = await failed("/hang", "downstream_timeout", "impatient");
    expect(diagnosis).toBe("400 ms passed (DownstreamApis__impatient__ResponseTimeoutSeconds).");
  });

  it("that lets the whole time pass: 504", async () => {
    const { diagnosis } = await failed("/hang", "downstream_timeout", "brief");
    expect(diagnosis).toBe("400 ms passed (DownstreamApis__brief__TotalTimeoutSeconds).");
  });

  it("that dies before the first byte of its body: 502", async () => {
    for (const chunked of ["0", "1"]) await failed(`/cut?after=0&chunked=${chunked}`, "downstream_unreachable");
  });

  it.each([400, 403, 404, 409, 418, 429, 500, 502, 503])("that answers %i itself: its own answer", async (status) => {
    const answer = await gateway.client.call(`/downstream/profile/status/${status}?retryAfter=7`, { token });
    expect(answer.status).toBe(status);
    expect(answer.headers["retry-after"]).toBe("7");
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    expect(answer.json()).toMatchObject({ status, method: "GET" });
  });

  it("that redirects: the redirect, which nobody follows for the caller", async () => {
    const answer = await gateway.client.call("/downstream/profile/redirect?to=https://elsewhere.example/", { token });
    expect([answer.status, answer.headers.location]).toEqual([302, "https://elsewhere.example/"]);
  });
});
