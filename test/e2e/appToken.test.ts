import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatewayToken } from "./gateway/support/gatewayToken.ts";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";
import { newUser } from "./support/people.ts";
import { expectProblem } from "./support/problem.ts";

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway({
    settings: ({ profile, seed }) => {
      const principalOid = seed.gateway.servicePrincipals.get(seed.tenant.id) ?? "";
      seed.directory.roleAssignments.push({
        principalOid,
        resourceId: seed.profile.clientId,
        role: "Profile.Read.All",
      });
      return {
        DownstreamApis__reports__BaseUrl: profile.url,
        DownstreamApis__reports__Scopes: `api://${seed.profile.clientId}/.default`,
        DownstreamApis__reports__RequestAppToken: "true",
      };
    },
  });
});
afterAll(async () => {
  expectNothingSecretLogged(gateway);
  await gateway[Symbol.asyncDispose]();
});

describe("an API that takes no users", () => {
  it("is called as the app itself, with one token for all users; others get each user's own", async () => {
    const { azure, client, signIn } = gateway;
    const before = azure.entra.counts.token;
    const [alice, bob] = [await signIn(newUser(azure)), await signIn(newUser(azure))];
    const answers = await Promise.all(
      [alice, bob, alice, bob].map((token) => client.call("/downstream/reports/echo/x", { token })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(azure.entra.counts.token - before).toBe(1);
    expect(azure.entra.requests.at(-1)).toMatchObject({ grantType: "client_credentials", outcome: "issued" });
    const appOid = azure.seed.gateway.servicePrincipals.get(azure.seed.tenant.id);
    expect(new Set(azure.profile.requests.slice(-4).map(({ user }) => user))).toEqual(new Set([appOid]));
    expect(new Set(azure.profile.requests.slice(-4).map(({ tokenId }) => tokenId)).size).toBe(1);

    await client.call("/downstream/profile/me", { token: alice });
    expect(azure.profile.requests.at(-1)?.user).not.toBe(appOid);
    expect(azure.entra.counts.token - before).toBe(2);
  });

  it("still demands a user's token A, and gives callers no choice", async () => {
    const { azure, client } = gateway;
    const before = azure.profile.requests.length;
    expect((await client.call("/downstream/reports/echo/x")).json()).toMatchObject({ code: "token_missing" });
    const appsOwn = await azure.entra.issueApplicationToken({
      tenant: azure.seed.tenant,
      principalOid: "99999999-0000-4000-8000-000000000009",
      clientId: azure.seed.client.clientId,
      resource: azure.seed.gateway.clientId,
    });
    expect((await client.call("/downstream/reports/echo/x", { token: appsOwn })).json()).toMatchObject({
      code: "app_only_token",
    });
    expect(azure.profile.requests).toHaveLength(before);
    const token = await gateway.signIn(newUser(azure));
    await client.call("/downstream/profile/echo/x?RequestAppToken=true", {
      token,
      headers: { "x-request-app-token": "true" },
    });
    expect(azure.entra.requests.at(-1)?.grantType).not.toBe("client_credentials");
  });

  it("whose token Entra ID refuses: the operator's to cure, no sign-in", async () => {
    const fresh = await startGateway({
      azure: gateway.azure,
      settings: ({ profile, seed }) => ({
        DownstreamApis__reports__BaseUrl: profile.url,
        DownstreamApis__reports__Scopes: `api://${seed.profile.clientId}/.default`,
        DownstreamApis__reports__RequestAppToken: "true",
      }),
    });
    try {
      gateway.azure.entra.faults.add({ aim: {}, times: 1, effect: { kind: "error", aadsts: 53003 } });
      const answer = await fresh.client.call("/downstream/reports/echo/x", {
        token: await fresh.signIn(newUser(gateway.azure)),
      });
      expectProblem(fresh, answer, {
        code: "gateway_misconfigured",
        detail: "The gateway cannot obtain a token for this downstream API. Its operator can, with the correlation id.",
      });
    } finally {
      await fresh[Symbol.asyncDispose]();
    }
  });

  it("hands its token out to gateways that authenticate themselves, and to nobody else", async () => {
    const { azure, client } = gateway;
    const token = await gateway.signIn(newUser(azure));
    expect((await client.call("/authorization/reports", { token })).status).toBe(404);
    const principal = azure.seed.apiManagement.servicePrincipals.get(azure.seed.tenant.id) ?? "";
    const fronted = await startGateway({
      azure,
      settings: ({ profile, seed }) => ({
        Gateway__Authentication: "entra",
        Gateway__AllowedPrincipals__0: principal,
        Gateway__AuthorizationApis: "reports",
        DownstreamApis__reports__BaseUrl: profile.url,
        DownstreamApis__reports__Scopes: `api://${seed.profile.clientId}/.default`,
        DownstreamApis__reports__RequestAppToken: "true",
      }),
    });
    try {
      expect((await fronted.client.call("/authorization/reports", { token })).status).toBe(401);
      const answer = await fronted.client.call("/authorization/reports", {
        token: await gatewayToken(azure),
        headers: { "x-forwarded-authorization": `Bearer ${token}`, "x-obo-operation": "authorization" },
      });
      expect([answer.status, answer.json().authorizationHeader]).toEqual([200, expect.stringMatching(/^Bearer ey/)]);
      expect(azure.entra.requests.at(-1)?.grantType).toBe("client_credentials");
    } finally {
      await fronted[Symbol.asyncDispose]();
    }
  });
});
