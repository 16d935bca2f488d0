import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exchange, header } from "../../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import { expectNothingSecretLogged } from "../support/leaks.ts";
import type { Chain } from "./support/chain.ts";
import { startChain } from "./support/chain.ts";
import { expectPolicyProblem } from "./support/problem.ts";

let chain: Chain;
let aliceToken: string;
let bobToken: string;
beforeAll(async () => {
  chain = await startChain();
  const { azure, signIn } = chain.functions;
  aliceToken = await signIn(azure.seed.users.alice);
  bobToken = await signIn(azure.seed.users.bob);
});
afterAll(async () => {
  expectNothingSecretLogged(chain.functions);
  await chain[Symbol.asyncDispose]();
});

describe("X-Forwarded-Authorization from outside", () => {
  it("does not matter: the call is that of the user in Authorization", async () => {
    const { alice } = chain.functions.azure.seed.users;
    for (const forged of [`Bearer ${bobToken}`, "Bearer abc", ""]) {
      const answer = await chain.client.call("/obo/downstream/profile/me", {
        token: aliceToken,
        headers: { "x-forwarded-authorization": forged },
      });
      expect([answer.status, answer.json().oid]).toEqual([200, alice.oid]);
    }
  });

  it("does not matter when it comes twice, or in another case", async () => {
    const answer = await exchange(
      chain.apim.url,
      "GET /obo/downstream/profile/me HTTP/1.1\nHost: gateway\n" +
        `X-FORWARDED-AUTHORIZATION: Bearer ${bobToken}\nAuthorization: Bearer ${aliceToken}\n` +
        `x-forwarded-authorization: Bearer ${bobToken}`,
    );
    expect([answer.status, JSON.parse(answer.body).oid]).toEqual([200, chain.functions.azure.seed.users.alice.oid]);
  });

  it("is no token: without Authorization there is none", async () => {
    const answer = await chain.client.call("/obo/downstream/profile/me", {
      headers: { "x-forwarded-authorization": `Bearer ${bobToken}` },
    });
    expectPolicyProblem(chain.functions, answer, "token_missing");
  });
});

describe("a user's token beside another in Authorization", () => {
  it.each([
    ["alice first", () => [aliceToken, bobToken]],
    ["bob first", () => [bobToken, aliceToken]],
  ] as const)("is refused: %s", async (_, tokens) => {
    const [first, second] = tokens();
    const calls = chain.functions.azure.profile.requests.length;
    const answer = await exchange(
      chain.apim.url,
      `GET /obo/downstream/profile/me HTTP/1.1\nHost: gateway\nAuthorization: Bearer ${first}\nAuthorization: Bearer ${second}`,
    );
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ code: "invalid_token" });
    expect(header(answer, "www-authenticate")).toContain('error="invalid_token"');
    expect(chain.functions.azure.profile.requests).toHaveLength(calls);
  });
});

describe("headers that only Azure's own parts may send", () => {
  it("none reaches the functions or the API, and the call does not hang", async () => {
    const forged = [
      "x-ms-invocation-id",
      "X-MS-Client-Principal",
      "x-ms-client-principal-id",
      "x-ms-client-principal-name",
      "x-ms-client-principal-idp",
      "x-ms-token-aad-access-token",
      "x-ms-token-google-id-token",
      "x-ms-original-url",
      "x-ms-site-restricted-token",
      "x-ms-privatelink-id",
      "x-ms-coldstart",
      "x-ms-forwarded-client-ip",
    ];
    const own = ["x-ms-date", "x-ms-version", "x-ms-client-request-id", "x-ms-blob-type"];
    const disguised = ["x_ms_client_principal", "x-ms_token-aad-id-token", "x_forwarded_for", "ocp_apim_trace"];
    const answer = await chain.client.call("/obo/downstream/profile/echo/headers", {
      token: aliceToken,
      headers: Object.fromEntries(
        [...forged, ...own, ...disguised].map((name) => [name, "00000000-0000-4000-8000-00000000000f"]),
      ),
    });
    expect(answer.status).toBe(200);
    // What Azure's own APIs read, like Storage, passes.
    const seen = headerNames(answer.json());
    expect(seen.filter((name) => /^x[-_]ms|_/.test(name)).sort()).toEqual(own.toSorted());
  });

  it("nothing that is for API Management reaches an API", async () => {
    const names = [
      "apim-debug-authorization",
      "apim_debug_authorization",
      "ocp-apim-trace-expiry",
      "ocp_apim_trace",
      "apim-x",
    ];
    for (const path of ["/obo/downstream/profile/echo/headers", "/profile-direct/echo/headers"]) {
      const headers = { ...Object.fromEntries(names.map((name) => [name, "x"])), "x-custom": "kept" };
      const answer = await chain.client.call(path, { token: aliceToken, headers });
      expect(answer.status).toBe(200);
      const seen = headerNames(answer.json());
      expect(seen).toContain("x-custom");
      expect(seen.filter((name) => name.includes("apim"))).toEqual([]);
    }
  });

  it("X-Forwarded-*, Forwarded, keys and rewritten addresses reach no API", async () => {
    const names = [
      "x-forwarded-for",
      "x-forwarded-host",
      "x-forwarded-proto",
      "x-forwarded-prefix",
      "forwarded",
      "x-original-url",
      "x-original-host",
      "x-rewrite-url",
      "disguised-host",
      "x-functions-key",
      "ocp-apim-trace",
    ];
    const answer = await chain.client.call("/obo/downstream/profile/echo/headers", {
      token: aliceToken,
      headers: { ...Object.fromEntries(names.map((name) => [name, "elsewhere.example"])), "x-custom": "kept" },
    });
    expect(answer.status).toBe(200);
    const seen = headerNames(answer.json());
    expect(seen).toContain("x-custom");
    expect(seen.filter((name) => names.includes(name) || name.startsWith("x-forwarded-"))).toEqual([]);
  });
});

describe("a subscription key that is none", () => {
  it("is refused by API Management, as the caller's mistake", async () => {
    const headers = { "ocp-apim-subscription-key": "0123456789abcdef" };
    const answer = await chain.client.call("/obo/downstream/profile/me", { token: aliceToken, headers });
    const detail = "The subscription key is missing or not valid.";
    expectPolicyProblem(chain.functions, answer, "invalid_request", { detail });
  });
});

function headerNames({ rawHeaders }: Record<string, unknown>): string[] {
  if (!Array.isArray(rawHeaders)) throw new Error("The echo has no rawHeaders.");
  return rawHeaders.filter((_, index) => index % 2 === 0).map((name) => String(name).toLowerCase());
}
