import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Chain } from "./support/chain.ts";
import { startChain } from "./support/chain.ts";

let chain: Chain;
let token: string;
beforeAll(async () => {
  chain = await startChain();
  token = await chain.functions.signIn(chain.functions.azure.seed.users.alice);
});
afterAll(() => chain[Symbol.asyncDispose]());

describe("a redirect of the downstream API", () => {
  it("below its base URL leads back to the gateway, at whatever address the client knows it", async () => {
    const { profile } = chain.functions.azure;
    const to = encodeURIComponent(`${profile.url}/me`);
    const answer = await chain.client.call(`/obo/downstream/profile/redirect?to=${to}`, { token });
    expect(answer.status).toBe(302);
    const next = new URL(String(answer.headers.location), `${chain.apim.url}/obo/downstream/profile/redirect`);
    expect(next.href).toBe(`${chain.apim.url}/obo/downstream/profile/me`);
    const followed = await chain.client.call(next.pathname, { token });
    expect([followed.status, followed.json().oid]).toEqual([200, chain.functions.azure.seed.users.alice.oid]);
  });

  it("is followed by an ordinary client with its own token, through the gateway", async () => {
    const to = encodeURIComponent("me");
    const response = await fetch(`${chain.apim.url}/obo/downstream/profile/redirect?to=${to}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect([response.status, response.url]).toEqual([200, `${chain.apim.url}/obo/downstream/profile/me`]);
  });

  it("elsewhere is not followed, and passes as it is", async () => {
    const elsewhere = "https://elsewhere.example/me?x=1";
    const to = encodeURIComponent(elsewhere);
    const answer = await chain.client.call(`/obo/downstream/profile/redirect?to=${to}`, { token });
    expect([answer.status, answer.headers.location]).toEqual([302, elsewhere]);
  });
});
