import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DirectRules } from "../../../local/apimGateway.ts";
import { REQUEST_HEADER_RULES } from "../../../shared/net/headerRules.ts";
import { expectNothingSecretLogged } from "../support/leaks.ts";
import type { Chain, Front, FrontOptions } from "./support/chain.ts";
import { startChain, startFront } from "./support/chain.ts";
import { type DirectBackend, startDirectBackend } from "./support/directBackend.ts";
import { expectPolicyProblem } from "./support/problem.ts";

const TIERS = ["BasicV2", "Consumption"] as const;
/** Of the connection, or the client's own: no test can send them as it likes. */
const NOT_SENT = [
  "authorization",
  "host",
  "connection",
  "close",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
];
const NAMES = REQUEST_HEADER_RULES.flatMap(({ names }) => names).map((name) => name.replace("*", "extra"));
const SENT_AT_ONCE = 20;
const HARMLESS = ["x-custom", "x-ms-version", "x-ms-date", "accept-language", "if-none-match", "x-http-method"];

let chain: Chain;
let backend: DirectBackend;
let token: string;
beforeAll(async () => {
  chain = await startChain();
  backend = await startDirectBackend();
  token = await chain.functions.signIn(chain.functions.azure.seed.users.alice);
});
afterAll(async () => {
  expectNothingSecretLogged(chain.functions);
  await backend[Symbol.asyncDispose]();
  await chain[Symbol.asyncDispose]();
});

function front(options: FrontOptions & { readonly directRules?: Partial<DirectRules> }): Promise<Front> {
  return startFront(chain.functions, { directBackendUrl: `${backend.url}/base`, ...options });
}

function withValue(names: readonly string[], value = "00000000-0000-4000-8000-00000000000f"): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

describe.each(TIERS)("a call to an API that API Management calls itself, on the tier %s", (tier) => {
  it("carries no header of the table, in no spelling", async () => {
    await using own = await front({ tier });
    const plain = NAMES.filter((name) => !NOT_SENT.includes(name));
    const disguised = [...NAMES, "content-length", "content-type", "traceparent"]
      .filter((name) => name.includes("-"))
      .map((name, index) => name.replaceAll("-", index % 3 === 0 ? "." : "_"));
    const all = [...plain, ...disguised];
    expect(all.length).toBeGreaterThan(150);
    for (let start = 0; start < all.length; start += SENT_AT_ONCE) {
      const names = all.slice(start, start + SENT_AT_ONCE);
      const answer = await own.client.call("/profile-direct/x", { token, headers: withValue([...names, ...HARMLESS]) });
      expect([names, answer.status]).toEqual([names, 200]);
      const set = ["x-forwarded-for", "x-correlation-id", "client-request-id"];
      expect(backend.names().filter((name) => names.includes(name) && !set.includes(name))).toEqual([]);
      expect(backend.names()).toEqual(expect.arrayContaining(HARMLESS));
      const { headers } = backend.requests.at(-1) ?? expect.fail("nothing came");
      // What API Management says itself: where the call came from, and which one it is.
      expect(headers["x-forwarded-for"]).not.toContain("00000000");
      expect([headers["x-correlation-id"], headers["client-request-id"]]).toEqual(
        Array(2).fill(answer.headers["x-correlation-id"]),
      );
      expect(headers.authorization).toMatch(/^Bearer ey/);
      expect(headers.authorization).not.toBe(`Bearer ${token}`);
    }
  });

  it("carries a header of the table that the API's settings name, under that name alone", async () => {
    await using own = await front({ tier, directRules: { passedHeaders: "remote-user cf-ipcountry" } });
    const headers = withValue(["Remote-User", "remote_user", "CF-IPCountry", "cf_ipcountry", "cf-ray", "remote-addr"]);
    expect(await own.client.call("/profile-direct/x", { token, headers })).toMatchObject({ status: 200 });
    expect(
      backend
        .names()
        .filter((name) => /^(cf|remote)/.test(name))
        .sort(),
    ).toEqual(["cf-ipcountry", "remote-user"]);
  });

  it("with more such headers than can be taken away is refused", async () => {
    await using own = await front({ tier });
    const before = backend.requests.length;
    const headers = (count: number) => withValue(Array.from({ length: count }, (_, index) => `x-goog-${index}`));
    expect((await own.client.call("/profile-direct/x", { token, headers: headers(40) })).status).toBe(200);
    expect(backend.names().filter((name) => name.startsWith("x-goog"))).toEqual([]);
    const answer = await own.client.call("/profile-direct/x", { token, headers: headers(41) });
    const detail = "More than 40 headers were sent that no API gets.";
    expectPolicyProblem(chain.functions, answer, "invalid_request", { detail });
    expect(backend.requests).toHaveLength(before + 1);
  });

  it("has no subscription key in its query, and of the rest every byte", async () => {
    await using own = await front({ tier });
    for (const [sent, arrived] of [
      ["?a=1&&Subscription-Key=&b=%2f%2F&c=x+y%20z&a=%zz&d", "?a=1&&b=%2f%2F&c=x+y%20z&a=%zz&d"],
      ["?subscription%2Dkey=", ""],
      ["?subscription-key", ""],
      ["?a=subscription-key&xsubscription-key=1", "?a=subscription-key&xsubscription-key=1"],
    ] as const) {
      const answer = await own.client.call(`/profile-direct/x${sent}`, { token });
      expect([answer.status, backend.requests.at(-1)?.url]).toEqual([200, `/base/x${arrived}`]);
    }
  });

  it("below none of the API's prefixes is refused before a token is asked for", async () => {
    await using own = await front({ tier, directRules: { prefixes: "/me /reports/" } });
    const exchanges = chain.functions.azure.entra.requests.length;
    const before = backend.requests.length;
    for (const path of ["", "/", "/meetings", "/ME", "/me;v=1", "/%6De", "/report", "/x/me"]) {
      const answer = await own.client.call(`/profile-direct${path}`, { token });
      expectPolicyProblem(chain.functions, answer, "path_not_allowed");
    }
    for (const path of ["/me/../x", "/me/..;/x", "/me%2f..%2fx", "//me"]) {
      const answer = await own.client.call(`/profile-direct${path}`, { token });
      expect([path, answer.status, answer.json().code]).toEqual([path, 400, "invalid_target"]);
    }
    expect([chain.functions.azure.entra.requests.length, backend.requests.length]).toEqual([exchanges, before]);
    for (const path of ["/me", "/me/", "/me/messages", "/reports", "/reports/1"]) {
      expect((await own.client.call(`/profile-direct${path}`, { token })).status).toBe(200);
      expect(backend.requests.at(-1)?.url).toBe(`/base${path}`);
    }
  });

  it("with a verb that is not allowed is refused, also where a header or the query asks for it", async () => {
    await using own = await front({ tier, directRules: { methods: "GET POST" } });
    const before = backend.requests.length;
    const refused = async (
      path: string,
      method: "POST" | "DELETE" | "HEAD",
      headers: Record<string, string>,
      by = "",
    ) => {
      const answer = await own.client.call(path, { method, token, headers });
      expect([path, headers, answer.status, answer.headers.allow]).toEqual([path, headers, 405, "GET, POST"]);
      if (method === "HEAD") return;
      const detail = `The downstream API profile takes GET, POST here${by === "" ? "." : `, and ${by} asks for another method.`}`;
      expectPolicyProblem(chain.functions, answer, "method_not_allowed", { detail });
    };
    await refused("/profile-direct/x", "DELETE", {});
    await refused("/profile-direct/x", "HEAD", {});
    for (const name of [
      "x-http-method",
      "x-http-method-override",
      "x-method-override",
      "x_http_method",
      "x-http-methodoverride",
      "x-tunneled-method",
      "x-http-verb",
    ]) {
      for (const value of ["DELETE", "delete", "GET, PATCH", "GET, POST", ""])
        await refused("/profile-direct/x", "POST", { [name]: value }, `the header ${name}`);
    }
    await refused("/profile-direct/x?_method=DELETE", "POST", {}, "the query parameter _method");
    await refused("/profile-direct/x?a=1&%24httpMethod=PUT", "POST", {}, "the query parameter $httpmethod");
    for (const query of [
      "_HttpMethod=PATCH",
      ".method=PUT",
      "[method=PUT",
      "_method[]=PUT",
      "_method%00=PUT",
      "a;_method=PUT",
      "method=put",
    ])
      await refused(
        `/profile-direct/x?${query}`,
        "POST",
        {},
        `the query parameter ${/[^;]*$/
          .exec(query)?.[0]
          ?.toLowerCase()
          .replace(/(?<=.)(?:\[|%00)?\]?=.*$/, "")}`,
      );
    expect(backend.requests).toHaveLength(before);
    expect((await own.client.call("/profile-direct/x?method=getUser", { method: "POST", token })).status).toBe(200);
    for (const headers of [{}, { "x-http-method": "get" }, { "x-http-method-override": "POST" }])
      expect((await own.client.call("/profile-direct/x?_method=GET", { method: "POST", token, headers })).status).toBe(
        200,
      );
  });

  it("may ask for any verb where none is excluded", async () => {
    await using own = await front({ tier });
    const headers = { "x-http-method": "MERGE" };
    expect((await own.client.call("/profile-direct/x", { method: "POST", token, headers })).status).toBe(200);
    expect(backend.requests.at(-1)?.headers).toMatchObject(headers);
  });

  it("of more than 8192 characters is refused", async () => {
    await using own = await front({ tier });
    const path = `/${"x".repeat(8_000)}?`;
    expect((await own.client.call(`/profile-direct${path}${"y".repeat(190)}`, { token })).status).toBe(200);
    const answer = await own.client.call(`/profile-direct${path}${"y".repeat(191)}`, { token });
    const detail = "The path cannot be forwarded: it is longer than 8192 characters, the query included.";
    expectPolicyProblem(chain.functions, answer, "invalid_target", { detail });
  });
});
