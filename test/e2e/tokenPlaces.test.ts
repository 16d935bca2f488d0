import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exchange, header } from "../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";
import type { ExpectedProblem } from "./support/problem.ts";
import { expectProblem } from "./support/problem.ts";

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => {
  const { entra, profile } = gateway.azure;
  // Nothing of all this went anywhere.
  expect([entra.counts.token, profile.requests.length]).toEqual([0, 0]);
  expectNothingSecretLogged(gateway);
  await gateway[Symbol.asyncDispose]();
});

const MISSING: ExpectedProblem = {
  code: "token_missing",
  detail: "Send the user's access token for this API: Authorization: Bearer <token>.",
  challenge: {},
};
const MALFORMED: ExpectedProblem = {
  code: "invalid_request",
  detail: "The Authorization header is not one Bearer token.",
  challenge: {
    error: "invalid_request",
    error_description: "The Authorization header is not one Bearer token.",
  },
};
const NO_JWT: ExpectedProblem = {
  code: "invalid_token",
  detail: "The access token is not a JWT.",
  challenge: { error: "invalid_token", error_description: "The access token is not a JWT." },
};

describe("an Authorization header", () => {
  it.each<[string, string, ExpectedProblem]>([
    ["no JWT", "Bearer abc.def", NO_JWT],
    ["nothing", "Bearer", MALFORMED],
    ["two in one header", "Bearer abc def", MALFORMED],
    ["another scheme", "Basic YWxpY2U6c2VjcmV0", MISSING],
  ])("with %s", async (_, authorization, expected) => {
    const answer = await gateway.client.call("/downstream/profile/me", { headers: { authorization } });
    expectProblem(gateway, answer, expected);
  });
});

describe("a token that is not where it belongs", () => {
  it("counts as none: in the query, in a form, in JSON", async () => {
    const token = await gateway.signIn(gateway.azure.seed.users.alice);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const json = { "content-type": "application/json" };
    for (const [path, options] of [
      ["/downstream/profile/me", {}],
      [`/downstream/profile/me?access_token=${token}`, {}],
      [`/validate?access_token=${token}&authorization=Bearer%20${token}`, {}],
      ["/downstream/profile/echo/", { method: "POST", headers: form, body: `access_token=${token}` }],
      ["/downstream/profile/echo/", { method: "POST", headers: json, body: JSON.stringify({ access_token: token }) }],
    ] as const) {
      expectProblem(gateway, await gateway.client.call(path, options), MISSING);
    }
  });

  it("is refused when there are two Authorization headers, in either order", async () => {
    const good = await gateway.signIn(gateway.azure.seed.users.alice);
    for (const [first, second] of [
      [good, good],
      [good, "abc"],
      ["abc", good],
    ]) {
      const answer = await exchange(
        gateway.host.url,
        "GET /api/downstream/profile/me HTTP/1.1\nHost: gateway\n" +
          `Authorization: Bearer ${first}\nAuthorization: Bearer ${second}`,
      );
      expect(answer.status).toBe(400);
      expect(header(answer, "www-authenticate")).toContain('error="invalid_request"');
      expect(JSON.parse(answer.body)).toMatchObject({ code: MALFORMED.code, detail: MALFORMED.detail });
    }
  });
});
