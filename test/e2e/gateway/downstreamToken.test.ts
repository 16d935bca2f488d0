import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectNothingSecretLogged } from "../support/leaks.ts";
import type { Chain } from "./support/chain.ts";
import { startChain, startFront } from "./support/chain.ts";
import { gatewayToken } from "./support/gatewayToken.ts";
import { expectPolicyProblem } from "./support/problem.ts";

let chain: Chain;
beforeAll(async () => {
  chain = await startChain();
});
afterAll(async () => {
  expectNothingSecretLogged(chain.functions);
  await chain[Symbol.asyncDispose]();
});

describe("an API that API Management calls itself", () => {
  it("gets the token that the function exchanged: the user's, obtained by the function app", async () => {
    const { azure, signIn } = chain.functions;
    const { alice } = azure.seed.users;
    for (const kind of ["managed-identity", "client-credentials"] as const) {
      for (const tier of ["BasicV2", "Consumption"] as const) {
        await using front = await startFront(chain.functions, { gatewayToken: kind, tier });
        const answer = await front.client.call("/profile-direct/me", { token: await signIn(alice) });
        expect([answer.status, answer.json()]).toEqual([
          200,
          expect.objectContaining({
            oid: alice.oid,
            appid: azure.seed.gateway.clientId,
            aud: azure.seed.profile.clientId,
            scp: "Profile.Read",
          }),
        ]);
      }
    }
  });

  it("never sees the user's own token, nor the gateway's, nor what a client would smuggle in", async () => {
    const { azure, signIn } = chain.functions;
    const answer = await chain.client.call("/profile-direct/echo/x?a=1", {
      method: "POST",
      body: "hello",
      token: await signIn(azure.seed.users.alice),
      headers: {
        "x-forwarded-authorization": `Bearer ${await signIn(azure.seed.users.bob)}`,
        "x-ms-client-principal": "forged",
        "x-custom": "kept",
      },
    });
    expect(answer.json()).toMatchObject({ method: "POST", url: "/echo/x?a=1", body: btoa("hello") });
    const seen = azure.profile.requests.at(-1);
    const names = seen?.headers.map(([name]) => name.toLowerCase()) ?? [];
    expect(names.filter((name) => name === "authorization")).toHaveLength(1);
    expect(names).toContain("x-custom");
    expect(names.filter((name) => /^(x-forwarded-authorization|x-ms-|ocp-apim)/.test(name))).toEqual([]);
    // What the one token was: not the gateway's, which has no user, nor token A, which is for another audience.
    expect(seen).toMatchObject({ user: azure.seed.users.alice.oid, clientApp: azure.seed.gateway.clientId });
  });

  it("is not called when the function says no: its answer is the client's, as it is", async () => {
    const { azure, client, signIn } = chain.functions;
    const token = await signIn(azure.seed.users.dave);
    const calls = azure.profile.requests.length;
    const headers = { "x-correlation-id": "dave-direct" };
    const through = await chain.client.call("/profile-direct/me", { token, headers });
    const direct = await client.call("/authorization/profile", {
      token: await gatewayToken(azure),
      headers: {
        ...headers,
        "x-forwarded-authorization": `Bearer ${token}`,
        "x-obo-operation": "authorization",
      },
    });
    const traceless = (text: string): string => text.replace(/"traceId":"[0-9a-f-]{36}"/, "");
    expect([through.status, through.json().code]).toEqual([403, "consent_required"]);
    expect(traceless(through.body.toString("utf8"))).toBe(traceless(direct.body.toString("utf8")));
    for (const name of ["www-authenticate", "content-type", "x-correlation-id", "cache-control"])
      expect(through.headers[name]).toBe(direct.headers[name]);
    expect(through.headers["x-ms-invocation-id"]).toBeUndefined();
    expect(azure.profile.requests).toHaveLength(calls);
  });

  it("is not called without a good token", async () => {
    const { azure, signIn } = chain.functions;
    const calls = azure.profile.requests.length;
    expectPolicyProblem(chain.functions, await chain.client.call("/profile-direct/me"), "token_missing");
    const forged = await signIn(azure.seed.users.alice, { forgery: { foreignKey: true } });
    const answer = await chain.client.call("/profile-direct/me", { token: forged });
    expectPolicyProblem(chain.functions, answer, "invalid_token");
    expect(azure.profile.requests).toHaveLength(calls);
  });
});
