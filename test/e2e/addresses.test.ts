import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exchange } from "../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectProblem } from "./support/problem.ts";

let gateway: GatewayUnderTest;
let token: string;
beforeAll(async () => {
  gateway = await startGateway({
    settings: ({ ledger }) => ({ DownstreamApis__ledger__BaseUrl: `${ledger.url}/echo/` }),
  });
  token = await gateway.signIn(gateway.azure.seed.users.alice);
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe("the address of a call", () => {
  it.each(["unknown", "Profile", "__proto__", "constructor", "toString", "profile%20", "%70rofile2"])(
    "no downstream API is called %s: 404",
    async (name) => {
      const answer = await gateway.client.call(`/downstream/${name}/me`, { token });
      expectProblem(gateway, answer, {
        code: "downstream_api_unknown",
        detail: "No downstream API of that name is configured.",
      });
      const { diagnosis } = await gateway.log.event({ correlationId: answer.headers["x-correlation-id"] });
      expect(diagnosis).toContain("DownstreamApis__<name>__BaseUrl");
    },
  );

  it.each([
    ["/a//b", "an empty segment"],
    ["/a%2Fb", "an encoded slash"],
    ["/a%252Fb", "an encoded slash"],
    ["/a%5Cb", "an encoded backslash"],
    ["/a\\b", "an encoded backslash"],
    ["/a%0d%0ab", "an encoded control character"],
    ["/%FF", "octets that are no UTF-8, or something that is encoded twice"],
    ["/%c0%ae%c0%ae/a", "octets that are no UTF-8, or something that is encoded twice"],
    ["/a%252e%252e/b", "an encoded dot"],
    ["/..;/b", "a dot segment"],
    ["/..%3b/b", "a dot segment"],
    ["/%2e%2e;/b", "a dot segment"],
    ["/http://elsewhere.example/", "an empty segment"],
    ["/a%u0041", "something that is encoded twice"],
  ])("the path %s is forwarded nowhere: 400", async (path, holds) => {
    const calls = gateway.azure.ledger.requests.length;
    const target = `GET /api/downstream/ledger${path} HTTP/1.1\nHost: gateway\nAuthorization: Bearer ${token}`;
    const { status, body } = await exchange(gateway.host.url, target);
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({
      code: "invalid_target",
      detail: `The path after the downstream API's name cannot be forwarded: it holds ${holds}.`,
    });
    expect(gateway.azure.ledger.requests).toHaveLength(calls);
  });

  it.each([
    // The host's routing takes nothing for a catch-all that begins with a slash.
    ["//elsewhere.example/", 404],
    // Resolved before routing: the caller asked for another function or API, and may.
    ["/../profile/me", 200],
    ["/%2e%2e/%2e%2e/validate", 200],
    ["/..%2f..%2fprofile/me", 400],
  ])("nothing leads out of an API's base path: %s", async (path, expected) => {
    const target = `GET /api/downstream/ledger${path} HTTP/1.1\nHost: gateway\nAuthorization: Bearer ${token}`;
    const calls = gateway.azure.ledger.requests.length;
    const { status } = await exchange(gateway.host.url, target);
    expect(gateway.azure.ledger.requests).toHaveLength(calls);
    expect(status).toBe(expected);
  });

  it("keeps below the base URL's path", async () => {
    for (const [path, url] of [
      ["", "/echo"],
      ["/x?y", "/echo/x?y"],
    ] as const) {
      await gateway.client.call(`/downstream/ledger${path}`, { token });
      expect(gateway.azure.ledger.requests.at(-1)?.url).toBe(url);
    }
  });
});
