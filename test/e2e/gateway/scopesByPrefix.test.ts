import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayUnderTest } from "../support/gatewayUnderTest.ts";
import { startFunctions } from "./support/chain.ts";
import { gatewayToken } from "./support/gatewayToken.ts";

let functions: GatewayUnderTest;
let headers: Record<string, string>;
let token: string;
beforeAll(async () => {
  functions = await startFunctions({
    settings: ({ seed, profile }) => ({
      Gateway__AuthorizationApis: "split",
      DownstreamApis__split__BaseUrl: profile.url,
      DownstreamApis__split__Scopes: seed.scopes.profile,
      DownstreamApis__split__ScopesByPrefix__0__Prefix: "/echo",
      DownstreamApis__split__ScopesByPrefix__0__Scopes__0: defaultScope(seed.scopes.profile),
    }),
  });
  token = await gatewayToken(functions.azure);
  const userToken = await functions.signIn(functions.azure.seed.users.alice);
  headers = { "x-forwarded-authorization": `Bearer ${userToken}` };
});
afterAll(() => functions[Symbol.asyncDispose]());

function defaultScope(scope: string): string {
  return `${scope.slice(0, scope.lastIndexOf("/"))}/.default`;
}

/** The scopes that Entra ID was asked for by this call. */
async function askedFor(path: string, operation = "downstream"): Promise<string[]> {
  const before = functions.azure.entra.requests.length;
  const { status } = await functions.client.call(path, {
    token,
    headers: { ...headers, "x-obo-operation": operation },
  });
  expect(status).toBe(200);
  return functions.azure.entra.requests.slice(before).map(({ scope }) => scope?.split(" ")[0] ?? "");
}

describe("scopes below a prefix", () => {
  it("are asked for there and nowhere else, and each token is kept by itself", async () => {
    const { profile } = functions.azure.seed.scopes;
    expect(await askedFor("/downstream/split/me")).toEqual([profile]);
    expect(await askedFor("/downstream/split/echo/x")).toEqual([defaultScope(profile)]);
    expect(await askedFor("/downstream/split/me")).toEqual([]);
    expect(await askedFor("/downstream/split/echo/y")).toEqual([]);
    // A gateway that asks for the token itself gets that of the API's own scopes, which is there already.
    expect(await askedFor("/authorization/split", "authorization")).toEqual([]);
  });
});
