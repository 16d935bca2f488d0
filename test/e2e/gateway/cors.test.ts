import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Chain } from "./support/chain.ts";
import { startChain } from "./support/chain.ts";
import { expectPolicyProblem } from "./support/problem.ts";

const ORIGINS = ["https://app.example", "http://localhost:3000"] as const;
const STRANGER = "https://evil.example";
const EXPOSED = "WWW-Authenticate,Retry-After,X-Correlation-Id,ETag,Location";
const PATH = "/obo/downstream/profile/me";

let chain: Chain;
let token: string;
beforeAll(async () => {
  chain = await startChain({ corsOrigins: ORIGINS.join(" ") });
  token = await chain.functions.signIn(chain.functions.azure.seed.users.alice);
});
afterAll(() => chain[Symbol.asyncDispose]());

describe("a browser's preflight", () => {
  const preflight = (origin: string, method: string) =>
    chain.client.call(PATH, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,x-correlation-id",
      },
    });

  it.each(ORIGINS)("from %s is answered here, without a token", async (origin) => {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
      const { status, headers, body } = await preflight(origin, method);
      expect([status, body.length]).toEqual([200, 0]);
      expect(headers["access-control-allow-origin"]).toBe(origin);
      expect(headers["access-control-allow-methods"]).toContain(method);
      expect(headers["access-control-allow-headers"]?.toString().toLowerCase()).toContain("authorization");
      expect(headers["access-control-max-age"]).toBe("600");
      expect(headers["access-control-allow-credentials"]).toBeUndefined();
    }
    expect(chain.functions.azure.profile.requests).toHaveLength(0);
  });

  it.each([
    [STRANGER, "GET"],
    ["null", "GET"],
    [`${ORIGINS[0]}.evil.example`, "GET"],
    [ORIGINS.join(" "), "GET"],
    ["https://no-origin.example", "GET"],
    [ORIGINS[0], "TRACE"],
  ])("from %s for %s is not allowed", async (origin, method) => {
    const { headers } = await preflight(origin, method);
    expect(headers["access-control-allow-methods"]).toBeUndefined();
    if (method !== "TRACE") expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(chain.functions.azure.profile.requests).toHaveLength(0);
  });
});

describe("an answer to a browser", () => {
  it("names the origin and what its script may read", async () => {
    const { status, headers } = await chain.client.call(PATH, { token, headers: { origin: ORIGINS[1] } });
    expect(status).toBe(200);
    expect(headers["access-control-allow-origin"]).toBe(ORIGINS[1]);
    expect(headers["access-control-expose-headers"]).toBe(EXPOSED);
  });

  it("does so for a refusal too: the script must see the challenge", async () => {
    for (const options of [{}, { token, path: "/obo/downstream/unknown/me" }]) {
      const { path = PATH, ...rest } = { path: undefined, ...options };
      const answer = await chain.client.call(path, { ...rest, headers: { origin: ORIGINS[0] } });
      expect(answer.status).toBe(path === PATH ? 401 : 404);
      expect(answer.headers["access-control-allow-origin"]).toBe(ORIGINS[0]);
      expect(answer.headers["access-control-expose-headers"]).toBe(EXPOSED);
    }
  });

  it("gives no headers to other origins, nor to callers that are no browsers", async () => {
    for (const headers of [{ origin: STRANGER }, {}]) {
      const answer = await chain.client.call(PATH, { headers });
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
    expectPolicyProblem(chain.functions, await chain.client.call(PATH), "token_missing");
  });
});
