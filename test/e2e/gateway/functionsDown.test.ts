import { createServer } from "node:http";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayUnderTest } from "../support/gatewayUnderTest.ts";
import { startFront, startFunctions } from "./support/chain.ts";
import { expectPolicyProblem } from "./support/problem.ts";
import { startUnreliablePath } from "./support/unreliablePath.ts";

const ME = "/obo/downstream/profile/me";
/** As deployed: so many failures within a minute, and 30 s of rest. */
const FAILURES = 10;
const TRIP_MS = 30_000;
/** As deployed: longer than a function may run, so that the function's own answer wins. */
const FORWARD_TIMEOUT_MS = 300_000;
const REFUSED =
  "The function app's platform refused the gateway. Its operator checks that the app runs, and that its " +
  "authentication admits the gateway's identity.";

let functions: GatewayUnderTest;
let token: string;
beforeAll(async () => {
  functions = await startFunctions();
  token = await functions.signIn(functions.azure.seed.users.alice);
});
afterAll(() => functions[Symbol.asyncDispose]());

describe("functions that do not answer", () => {
  it.each(["BasicV2", "Consumption"] as const)("are unavailable when nothing listens: %s", async (tier) => {
    const gone = createServer();
    const functionsUrl = `http://localhost:${await listen(gone, "nothing", 0)}`;
    await stop(gone);
    await using front = await startFront(functions, { functionsUrl, tier });
    for (const path of [ME, "/profile-direct/me"])
      expectPolicyProblem(functions, await front.client.call(path, { token }), "gateway_unavailable");
  });

  it.each([
    [400, "invalid_request", {}],
    [401, "gateway_misconfigured", { detail: REFUSED }],
    [403, "gateway_misconfigured", { detail: REFUSED }],
    [404, "not_found", { detail: "The function app has nothing at this address." }],
    [405, "not_found", { detail: "The function app has nothing at this address." }],
    [
      414,
      "invalid_request",
      { detail: "The request's address is too long: path and query together may have 8192 characters." },
    ],
    [408, "gateway_unavailable", {}],
    [413, "request_too_large", {}],
    [429, "gateway_unavailable", {}],
    [431, "request_headers_too_large", {}],
    [500, "gateway_unavailable", {}],
    [502, "gateway_unavailable", {}],
    [503, "gateway_unavailable", {}],
  ] as const)(
    "are told from the host's or platform's own %i, which no client understands",
    async (status, code, expected) => {
      const platform = createServer((_, response) => {
        response.writeHead(status, { "content-type": "text/html" }).end("<h1>Function host is not running.</h1>");
      });
      const functionsUrl = `http://localhost:${await listen(platform, "the platform", 0)}`;
      await using front = await startFront(functions, { functionsUrl });
      expectPolicyProblem(functions, await front.client.call(ME, { token }), code, expected);
      await stop(platform);
    },
  );

  it("are given up when API Management's own time for them is over", async () => {
    const silent = createServer(() => undefined);
    const functionsUrl = `http://localhost:${await listen(silent, "functions that hang", 0)}`;
    const limits: number[] = [];
    await using front = await startFront(functions, {
      functionsUrl,
      startTimer: (ms, over) => {
        limits.push(ms);
        const now = setImmediate(over);
        return () => clearImmediate(now);
      },
    });
    expectPolicyProblem(functions, await front.client.call(ME, { token }), "gateway_timeout");
    expect(limits).toEqual([FORWARD_TIMEOUT_MS]);
    await stop(silent);
  });

  it.each(["response", "error"] as const)("are left alone for a while, then tried again: %s", async (openCircuit) => {
    let nowMs = Date.now();
    await using path = await startUnreliablePath(functions.host.url);
    await using front = await startFront(functions, { functionsUrl: path.url, openCircuit, now: () => nowMs });
    path.cut = true;
    for (let time = 0; time < FAILURES; time++)
      expectPolicyProblem(functions, await front.client.call(ME, { token }), "gateway_unavailable");
    expect(path.connections).toBe(FAILURES);
    path.cut = false;
    // Open: nobody asks the functions, though they would answer again.
    expectPolicyProblem(functions, await front.client.call(ME, { token }), "gateway_unavailable");
    nowMs += TRIP_MS - 1;
    expectPolicyProblem(functions, await front.client.call(ME, { token }), "gateway_unavailable");
    expect(path.connections).toBe(FAILURES);
    nowMs += 1;
    expect((await front.client.call(ME, { token })).status).toBe(200);
    expect(path.connections).toBe(FAILURES + 1);
  });

  it("are not left alone because one downstream API fails", async () => {
    await using front = await startFront(functions);
    const lift = functions.azure.ledger.faults.failing(500);
    for (let time = 0; time < 3 * FAILURES; time++)
      expect((await front.client.call("/obo/downstream/ledger/me", { token })).status).toBe(500);
    lift();
    expect((await front.client.call(ME, { token })).status).toBe(200);
  });
});
