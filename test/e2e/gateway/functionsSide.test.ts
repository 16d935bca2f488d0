import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../support/gatewayClient.ts";
import type { GatewayUnderTest } from "../support/gatewayUnderTest.ts";
import { startGateway } from "../support/gatewayUnderTest.ts";
import { expectNothingInternal, expectNothingSecretLogged } from "../support/leaks.ts";
import { expectProblem } from "../support/problem.ts";
import { startFunctions } from "./support/chain.ts";
import { gatewayToken } from "./support/gatewayToken.ts";

const REQUIRED = "This address takes calls from its gateway only. Call the gateway's address instead.";
const ME = "/downstream/profile/me";
const PATHS = [ME, "/validate", "/authorization/profile"];

let functions: GatewayUnderTest;
let userToken: string;
beforeAll(async () => {
  functions = await startFunctions();
  userToken = await functions.signIn(functions.azure.seed.users.alice);
});
afterAll(async () => {
  expectNothingSecretLogged(functions);
  await functions[Symbol.asyncDispose]();
});

function expectGatewayRequired(answer: Answer): void {
  const { entra, seed } = functions.azure;
  expect([answer.status, answer.json()]).toEqual([
    401,
    {
      type: "https://github.com/obo-gateway/obo-gateway/blob/main/docs/errors.md#gateway_authentication_required",
      title: expect.any(String),
      status: 401,
      detail: REQUIRED,
      code: "gateway_authentication_required",
      correlationId: answer.headers["x-correlation-id"],
    },
  ]);
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(answer.headers["www-authenticate"]).toBe(
    `Bearer realm="", authorization_uri="${entra.url}/${seed.tenant.id}/oauth2/v2.0/authorize", ` +
      `client_id="${seed.gateway.clientId}", error="invalid_token", error_description="${REQUIRED}"`,
  );
  expectNothingInternal(functions, answer);
}

describe("a function that demands its gateway", () => {
  const forwarded = () => ({ "x-forwarded-authorization": `Bearer ${userToken}` });

  it.each(PATHS)("refuses a call past it: %s", async (path) => {
    const { azure, client } = functions;
    const { seed } = azure;
    const tokens = [
      undefined,
      "abc",
      "two tokens",
      userToken,
      await functions.signIn(seed.users.bob),
      // A principal that nobody allowed, and a token of the right one for somebody else.
      await gatewayToken(azure, { app: seed.vaultReader }),
      await gatewayToken(azure, { resource: `api://${seed.profile.clientId}` }),
    ];
    const calls = azure.profile.requests.length;
    for (const token of tokens) {
      for (const headers of [{}, forwarded()])
        expectGatewayRequired(await client.call(path, { headers, ...(token === undefined ? {} : { token }) }));
    }
    expect(azure.profile.requests).toHaveLength(calls);
  });

  it("says in its log which principal called", async () => {
    const { azure, client, log } = functions;
    const token = await gatewayToken(azure, { app: azure.seed.vaultReader });
    const answer = await client.call(ME, { token, headers: forwarded() });
    const { diagnosis } = await log.event({ correlationId: answer.headers["x-correlation-id"] });
    expect(diagnosis).toContain(azure.seed.vaultReader.clientId);
    expect(diagnosis).toContain("is not in Gateway__AllowedPrincipals");
  });

  it.each(PATHS)("wants the user's token from it, and takes it from nowhere else: %s", async (path) => {
    const token = await gatewayToken(functions.azure);
    expectProblem(functions, await functions.client.call(path, { token }), {
      code: "token_missing",
      detail: "Send the user's access token for this API: Authorization: Bearer <token>.",
      challenge: {},
    });
    expect((await functions.client.call(path, { token, headers: forwarded() })).status).toBe(200);
  });

  it("validates the user's token itself", async () => {
    const { users } = functions.azure.seed;
    const forged = await functions.signIn(users.alice, { forgery: { foreignKey: true } });
    const answer = await functions.client.call(ME, {
      token: await gatewayToken(functions.azure),
      headers: { "x-forwarded-authorization": `Bearer ${forged}` },
    });
    expect([answer.status, answer.json().code]).toEqual([401, "invalid_token"]);
  });

  it("does not take the gateway's own token for a user's", async () => {
    const token = await gatewayToken(functions.azure);
    const headers = { "x-forwarded-authorization": `Bearer ${token}` };
    const answer = await functions.client.call(ME, { token, headers });
    expect([answer.status, answer.json().code]).toEqual([403, "app_only_token"]);
  });
});

describe("GET /api/authorization/{api}", () => {
  const call = async (path: string): Promise<Answer> =>
    functions.client.call(path, {
      token: await gatewayToken(functions.azure),
      headers: { "x-forwarded-authorization": `Bearer ${userToken}` },
    });

  it("gives the token for that API, and when it ends", async () => {
    const answer = await call("/authorization/profile");
    expect(answer.status).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const { authorizationHeader, expiresOn, ...rest } = answer.json();
    expect(rest).toEqual({});
    const [scheme, token = ""] = String(authorizationHeader).split(" ");
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const { seed } = functions.azure;
    expect(scheme).toBe("Bearer");
    expect(claims).toMatchObject({ aud: seed.profile.clientId, oid: seed.users.alice.oid, scp: "Profile.Read" });
    expect(Math.abs(Date.parse(String(expiresOn)) - claims.exp * 1_000)).toBeLessThan(5_000);
  });

  it.each(["?scopes=x", "?scope=x", "?tenant=y", "?tenantId=y", "?x"])("takes no wishes: %s", async (query) => {
    const requests = functions.azure.entra.counts.token;
    const answer = await call(`/authorization/profile${query}`);
    expectProblem(functions, answer, {
      code: "invalid_request",
      detail: "This address takes no query: settings say what is asked for.",
      challenge: {
        error: "invalid_request",
        error_description: "This address takes no query: settings say what is asked for.",
      },
    });
    expect(functions.azure.entra.counts.token).toBe(requests);
  });

  it("knows the APIs of the settings only", async () => {
    for (const name of ["unknown", "__proto__", "Profile"]) {
      expectProblem(functions, await call(`/authorization/${name}`), {
        code: "downstream_api_unknown",
        detail: "No downstream API of that name is configured.",
      });
    }
  });
});

describe("a function that stands alone (Gateway__Authentication none)", () => {
  it("ignores X-Forwarded-Authorization, and gives nobody a token", async () => {
    await using alone = await startGateway({
      azure: functions.azure,
      settings: () => ({ Gateway__Authentication: "none" }),
    });
    const { alice, bob } = functions.azure.seed.users;
    const token = await functions.signIn(alice);
    const headers = { "x-forwarded-authorization": `Bearer ${await functions.signIn(bob)}` };
    const answer = await alone.client.call(ME, { token, headers });
    expect([answer.status, answer.json().oid]).toEqual([200, alice.oid]);
    expect((await alone.client.call(ME, { headers })).json().code).toBe("token_missing");
    for (const bearer of [token, await gatewayToken(functions.azure)]) {
      const refused = await alone.client.call("/authorization/profile", { token: bearer, headers });
      expect([refused.status, refused.json().code]).toEqual([404, "not_found"]);
    }
  });
});

describe("mistakes in the Gateway section", () => {
  const id = "30000000-0000-4000-8000-000000000001";
  it.each([
    [{ Gateway__Authentication: "entra", Gateway__AllowedPrincipals__0: "" }, "Gateway__AllowedPrincipals__0"],
    [{ Gateway__Authentication: "none", Gateway__AllowedPrincipals__0: id }, "Gateway__AllowedPrincipals"],
    [{ Gateway__Authentication: "entra", Gateway__AllowedPrincipals__0: "apim" }, "Gateway__AllowedPrincipals__0"],
    [{ Gateway__Authentication: "easyauth" }, "Gateway__Authentication"],
    [{ Gateway__Authentification: "entra" }, "Gateway__Authentification"],
  ])("are logged, and nothing is served: %j", async (settings, setting) => {
    await using wrong = await startGateway({ azure: functions.azure, settings: () => settings });
    const answer = await wrong.client.call(ME, { token: userToken });
    expect([answer.status, answer.json().code]).toEqual([500, "settings_invalid"]);
    expect(await wrong.log.event({ event: "settings_invalid" })).toMatchObject({ setting });
  });
});
