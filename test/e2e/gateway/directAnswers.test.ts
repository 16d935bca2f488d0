import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COOKIE_HEADERS, RESPONSE_HEADER_RULES, SHARED_CACHE_HEADERS } from "../../../shared/net/headerRules.ts";
import { bearerChallenge } from "../support/problem.ts";
import type { Chain, FrontOptions } from "./support/chain.ts";
import { startChain, startFront } from "./support/chain.ts";
import { type DirectBackend, startDirectBackend } from "./support/directBackend.ts";
import { expectPolicyProblem } from "./support/problem.ts";

const TIERS = ["BasicV2", "Consumption"] as const;
const ORIGIN = "https://app.example";
const NOT_SENT = ["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "close"];
const NAMES = [...RESPONSE_HEADER_RULES.flatMap(({ names }) => names), ...COOKIE_HEADERS, ...SHARED_CACHE_HEADERS].map(
  (name) => name.replace("*", "extra"),
);
const SENT_AT_ONCE = 30;
const CLAIMS = btoa('{"access_token":{"nbf":{"essential":true,"value":"1"}}}');

let chain: Chain;
let backend: DirectBackend;
let token: string;
beforeAll(async () => {
  chain = await startChain();
  backend = await startDirectBackend();
  token = await chain.functions.signIn(chain.functions.azure.seed.users.alice);
});
afterAll(async () => {
  await backend[Symbol.asyncDispose]();
  await chain[Symbol.asyncDispose]();
});

const front = (options: FrontOptions) =>
  startFront(chain.functions, { directBackendUrl: backend.url, corsOrigins: ORIGIN, ...options });

describe.each(TIERS)("the answer of an API that API Management calls itself, on the tier %s", (tier) => {
  it("brings no header of the table to the client, and all others", async () => {
    await using own = await front({ tier });
    const names = NAMES.filter((name) => !NOT_SENT.includes(name));
    for (let start = 0; start < names.length; start += SENT_AT_ONCE) {
      const some = names.slice(start, start + SENT_AT_ONCE);
      const kept = { etag: '"1"', "x-custom": "1", location: "https://elsewhere.example/" };
      backend.answer = { status: 200, headers: { ...Object.fromEntries(some.map((name) => [name, "x"])), ...kept } };
      const answer = await own.client.call("/profile-direct/x", { token });
      expect(answer).toMatchObject({ status: 200, headers: kept });
      const seen = Object.keys(answer.headers).filter((name) => some.includes(name) && name !== "x-correlation-id");
      expect(seen).toEqual([]);
      expect(answer.headers["x-correlation-id"]).not.toBe("x");
    }
  });

  it("with too many of them is no answer", async () => {
    await using own = await front({ tier });
    const headers = Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`x-powered-by-${index}`, "x"]));
    backend.answer = { status: 200, headers };
    const detail = "The answer of the downstream API profile has more than 40 headers that no client gets.";
    expectPolicyProblem(
      chain.functions,
      await own.client.call("/profile-direct/x", { token }),
      "downstream_unreachable",
      {
        detail,
      },
    );
  });

  it("brings cookies and what shared caches are told where the API's settings say so", async () => {
    await using own = await front({ tier, directRules: { setCookie: true, sharedCaching: true } });
    const headers = {
      "set-cookie": ["a=1", "b=2"],
      "surrogate-control": "max-age=1",
      "cache-control": "public, max-age=1",
    };
    backend.answer = { status: 200, headers };
    expect((await own.client.call("/profile-direct/x", { token })).headers).toMatchObject(headers);
  });

  it.each([
    ["public, max-age=60", "private, max-age=60"],
    ["max-age=60, s-maxage=600", "private, max-age=60"],
    ["must-revalidate, max-age=1", "private, must-revalidate, max-age=1"],
    ["Public", "private"],
    ["private, s-maxage=5", "private"],
    ["no-store, public", "no-store"],
    ['public, no-cache="x, y"', "private, no-cache"],
    ["max-age=60", "max-age=60"],
    ["no-store", "no-store"],
    ["private", "private"],
  ])("is for no shared cache: %s", async (given, expected) => {
    await using own = await front({ tier });
    backend.answer = { status: 200, headers: { "cache-control": given } };
    expect((await own.client.call("/profile-direct/x", { token })).headers["cache-control"]).toBe(expected);
  });

  it.each<[status: number, given: string, challenge: Record<string, string> | undefined]>([
    [401, 'Basic realm="internal"', {}],
    [
      401,
      `Bearer realm="inside", authorization_uri="https://inside.example", error="insufficient_claims", claims="${CLAIMS}"`,
      { error: "insufficient_claims", claims: CLAIMS },
    ],
    [401, 'Bearer error="invalid_token", error_description="inside"', { error: "invalid_token" }],
    [
      403,
      'Bearer error="insufficient_scope", scope="A.Read B.Read"',
      { error: "insufficient_scope", scope: "A.Read B.Read" },
    ],
    [403, "Negotiate", undefined],
    [200, 'Bearer error="invalid_token"', undefined],
  ])("challenges in the gateway's name: %i, %s", async (status, given, challenge) => {
    await using own = await front({ tier });
    backend.answer = { status, headers: { "www-authenticate": given } };
    const answer = await own.client.call("/profile-direct/x", { token });
    expect([answer.status, answer.headers["www-authenticate"]]).toEqual([
      status,
      challenge && bearerChallenge(chain.functions, challenge),
    ]);
  });

  it("a 401 without a challenge has the gateway's", async () => {
    await using own = await front({ tier });
    backend.answer = { status: 401, headers: {} };
    const { headers } = await own.client.call("/profile-direct/x", { token });
    expect(headers["www-authenticate"]).toBe(bearerChallenge(chain.functions, {}));
  });

  it("has one set of CORS headers, API Management's", async () => {
    await using own = await front({ tier });
    const theirs = { "access-control-allow-origin": "*", "access-control-allow-credentials": "true" };
    backend.answer = { status: 200, headers: theirs };
    const { headers } = await own.client.call("/profile-direct/x", { token, headers: { origin: ORIGIN } });
    expect(headers["access-control-allow-origin"]).toBe(ORIGIN);
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
    const other = await own.client.call("/profile-direct/x", {
      token,
      method: "POST",
      headers: { origin: "https://evil.example" },
    });
    expect(Object.keys(other.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe.each(TIERS)("a browser's preflight for it, on the tier %s", (tier) => {
  const preflight = { "access-control-request-method": "PATCH", "access-control-request-headers": "authorization" };

  it("is answered without a token, and reaches nothing", async () => {
    await using own = await front({ tier });
    const before = backend.requests.length;
    const answer = await own.client.call("/profile-direct/x", {
      method: "OPTIONS",
      headers: { origin: ORIGIN, ...preflight },
    });
    expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([200, ORIGIN]);
    expect(answer.headers["access-control-allow-methods"]).toContain("PATCH");
    const stranger = await own.client.call("/profile-direct/x", {
      method: "OPTIONS",
      headers: { origin: "https://evil.example", ...preflight },
    });
    expect([stranger.status, stranger.headers["access-control-allow-origin"]]).toEqual([200, undefined]);
    expect(backend.requests).toHaveLength(before);
  });

  it("a refusal says to the browser's script why", async () => {
    await using own = await front({ tier });
    const answer = await own.client.call("/profile-direct/x", { headers: { origin: ORIGIN } });
    expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([401, ORIGIN]);
    expect(answer.headers["access-control-expose-headers"]).toContain("WWW-Authenticate");
  });
});
