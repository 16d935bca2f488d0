import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
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
      DownstreamApis__spared__BaseUrl: profile.url,
      DownstreamApis__spared__Scopes: seed.scopes.profile,
      DownstreamApis__spared__CircuitBreaker__Failures: "3",
      DownstreamApis__spared__CircuitBreaker__PauseSeconds: "3",
      DownstreamApis__spared__RetryConnectionFailures: "true",
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

  it("that cuts one connection, where the settings allow a second attempt: its answer", async () => {
    gateway.azure.profile.faults.cut({ requests: 1, pathPrefix: "/me" });
    expect((await gateway.client.call("/downstream/spared/me", { token })).status).toBe(200);
    const event = await gateway.log.event({ event: "call_repeated", api: "spared" });
    expect(event.error).toMatch(/other side closed|ECONNRESET/);
  });

  it("that fails every time, where the settings have a circuit breaker: 503 with Retry-After, until it works again", async () => {
    const { profile } = gateway.azure;
    const fail = (status: number) => gateway.client.call(`/downstream/spared/status/${status}`, { token });
    for (const status of [500, 503, 500, 503, 404, 503]) expect((await fail(status)).status).toBe(status);
    for (const status of [504, 502]) expect((await fail(status)).status).toBe(status);
    const calls = profile.requests.length;
    const answer = await fail(200);
    const retryAfter = Number(answer.headers["retry-after"]);
    expect([1, 2, 3]).toContain(retryAfter);
    expectProblem(gateway, answer, {
      code: "downstream_unavailable",
      detail: `The downstream API spared is left alone after many failures: try again after ${retryAfter} s.`,
      retryAfter,
    });
    expect(profile.requests).toHaveLength(calls);
    expect(await gateway.log.event({ event: "circuit_opened" })).toMatchObject({ api: "spared", failures: 3 });
    // Other names for the same API have nothing to do with it.
    expect((await gateway.client.call("/downstream/profile/me", { token })).status).toBe(200);
    await vi.waitFor(async () => expect((await fail(200)).status).toBe(200), 10_000);
    await gateway.log.event({ event: "circuit_closed" });
  });
});
