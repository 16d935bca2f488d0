import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../support/gatewayClient.ts";
import type { GatewayUnderTest } from "../support/gatewayUnderTest.ts";
import { startGateway } from "../support/gatewayUnderTest.ts";
import { expectNothingInternal, expectNothingSecretLogged } from "../support/leaks.ts";
import { expectProblem } from "../support/problem.ts";
import { startFunctions } from "./support/chain.ts";
import { gatewayToken } from "./support/gatewayToken.ts";
import { spellings } from "./support/spellings.ts";

const REQUIRED = "This address takes calls from its gateway only. Call the gateway's address instead.";
const ME = "/downstream/profile/me";
const PATHS = [ME, "/validate", "/authorization/profile"];

/** Only downstream-token.xml's own request carries it. */
const BY_POLICY = { "x-obo-operation": "authorization" };

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

const ELSEWHERE = "10000000-0000-4000-8000-0000000000ff";
const principal = (): string => {
  const { apiManagement, tenant } = functions.azure.seed;
  return apiManagement.servicePrincipals.get(tenant.id) ?? expect.fail("API Management has no service principal");
};

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

  it.each([
    [
      "of another tenant",
      () => ({ tid: ELSEWHERE }),
      /is of tenant 10000000-0000-4000-8000-0000000000ff; the gateway's tenant is 10000000-/,
    ],
    ["of a user, by its idtyp", () => ({ idtyp: "user", sub: principal() }), /idtyp is "user"; expected "app"/],
    ["of a user, by its sub", () => ({ idtyp: undefined }), /it has no idtyp, and sub "[^"]+" is not oid "/],
    ["of a user, by an empty scp", () => ({ scp: "", sub: principal() }), /it has scp ""/],
    ["of a user, by scopes in a list", () => ({ scp: ["a"], sub: principal() }), /it has scp \["a"\]/],
    [
      "without a client, as an ID token",
      () => ({ azp: undefined, sub: principal(), nonce: "n" }),
      /names no client app/,
    ],
  ] as const)("refuses a listed principal's token %s, and logs why", async (_, claims, expected) => {
    const { azure, client, log } = functions;
    const override = { oid: principal(), scp: undefined, ...claims() };
    const token = await functions.signIn(azure.seed.users.alice, { override });
    const answer = await client.call(ME, { token, headers: forwarded() });
    expectGatewayRequired(answer);
    const { diagnosis } = await log.event({ correlationId: answer.headers["x-correlation-id"] });
    expect(diagnosis).toMatch(expected);
  });

  it("takes the gateway's token from its home tenant only, whichever tenants users are of", async () => {
    const { azure } = functions;
    const app = (changes: Readonly<Record<string, unknown>> = {}) =>
      functions.signIn(azure.seed.users.alice, {
        override: { oid: principal(), sub: principal(), idtyp: "app", scp: undefined, ...changes },
      });
    for (const AzureAd__AllowedTenants of [ELSEWHERE, `${ELSEWHERE} ${azure.seed.tenant.id}`, ""]) {
      await using several = await startFunctions({
        azure,
        settings: ({ seed }) => ({
          AzureAd__TenantId: "organizations",
          AzureAd__AllowedTenants,
          Gateway__TenantId: seed.tenant.id,
        }),
      });
      const call = async (token: string) => {
        const answer = await several.client.call(ME, { token, headers: forwarded() });
        return [answer.status, answer.json().code];
      };
      const iss = `${azure.entra.url}/${ELSEWHERE}/v2.0`;
      expect(await call(await app({ tid: ELSEWHERE, iss }))).toEqual([401, "gateway_authentication_required"]);
      // The gateway is known; whether the user may call is another question.
      const usersMay = AzureAd__AllowedTenants !== ELSEWHERE;
      expect(await call(await gatewayToken(azure))).toEqual(usersMay ? [200, undefined] : [401, "invalid_token"]);
    }
  });

  it("knows one spelling of either token: 32 texts of one user's token cost one exchange", async () => {
    const { azure, client } = functions;
    const token = await functions.signIn(azure.seed.users.bob);
    const gateway = await gatewayToken(azure);
    const exchanges = azure.entra.counts.token;
    const outcomes = await Promise.all(
      spellings(token).map(async (text) => {
        const answer = await client.call(ME, {
          token: gateway,
          headers: { "x-forwarded-authorization": `Bearer ${text}` },
        });
        return answer.status === 200 ? "200" : `${answer.status} ${answer.json().code}`;
      }),
    );
    expect(outcomes.toSorted()).toEqual(["200", ...Array.from({ length: 31 }, () => "401 invalid_token")]);
    expect(azure.entra.counts.token - exchanges).toBe(1);
    for (const text of spellings(gateway).filter((each) => each !== gateway)) {
      expectGatewayRequired(await client.call(ME, { token: text, headers: forwarded() }));
    }
    // Space and case around the token are not part of it.
    for (const header of [`bearer ${token}`, `BEARER    ${token}`, `Bearer ${token}  `]) {
      const answer = await client.call(ME, { token: gateway, headers: { "x-forwarded-authorization": header } });
      expect(answer.status).toBe(200);
    }
    expect(azure.entra.counts.token - exchanges).toBe(1);
  });

  it.each(PATHS)("wants the user's token from it, and takes it from nowhere else: %s", async (path) => {
    const token = await gatewayToken(functions.azure);
    expectProblem(functions, await functions.client.call(path, { token }), {
      code: "token_missing",
      detail: "Send the user's access token for this API: Authorization: Bearer <token>.",
      challenge: {},
    });
    const headers = { ...forwarded(), ...(path.startsWith("/authorization") ? BY_POLICY : {}) };
    expect((await functions.client.call(path, { token, headers })).status).toBe(200);
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
  const call = async (path: string, headers: Record<string, string> = BY_POLICY): Promise<Answer> =>
    functions.client.call(path, {
      token: await gatewayToken(functions.azure),
      headers: { "x-forwarded-authorization": `Bearer ${userToken}`, ...headers },
    });
  const nothingHere = async (path: string, headers: Record<string, string> | undefined, detail: string) => {
    const exchanges = functions.azure.entra.counts.token;
    const answer = await call(path, headers);
    expectProblem(functions, answer, { code: "not_found", detail });
    expect(answer.body.toString("utf8")).not.toContain("authorizationHeader");
    expect(functions.azure.entra.counts.token).toBe(exchanges);
    return functions.log.events.find(({ correlationId }) => correlationId === answer.headers["x-correlation-id"]);
  };

  it.each<[string, Record<string, string>]>([
    ["that states no operation", {}],
    ["that a policy meant for another function", { "x-obo-operation": "downstream" }],
    ["that states two", { "x-obo-operation": "authorization, downstream" }],
    ["that states it in another spelling", { "x-obo-operation": "Authorization" }],
  ])("does not exist for a call %s, whatever the path", async (_, headers) => {
    const detail = "There is nothing at this address for this call.";
    for (const path of ["/authorization/profile", "/downstream/x/../../authorization/profile"])
      await nothingHere(path, headers, detail);
  });

  it("exists only for the APIs that Gateway__AuthorizationApis names", async () => {
    const event = await nothingHere(
      "/authorization/ledger",
      BY_POLICY,
      "There is nothing at this address for this API.",
    );
    expect(event).toMatchObject({
      diagnosis: "Gateway__AuthorizationApis does not name ledger: its token stays in the function app.",
    });
  });

  it.each(["/downstream/profile/me", "/validate", "/health/ready", "/health/live"])(
    "is the only function for its calls: they do not run %s",
    async (path) => {
      await nothingHere(path, BY_POLICY, "There is nothing at this address for this call.");
    },
  );

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
    [
      { Gateway__Authentication: "entra", Gateway__AllowedPrincipals__0: id, AzureAd__TenantId: "organizations" },
      "Gateway__TenantId",
    ],
    [{ Gateway__Authentification: "entra" }, "Gateway__Authentification"],
  ])("are logged, and nothing is served: %j", async (settings, setting) => {
    await using wrong = await startGateway({ azure: functions.azure, settings: () => settings });
    const answer = await wrong.client.call(ME, { token: userToken });
    expect([answer.status, answer.json().code]).toEqual([500, "settings_invalid"]);
    expect(await wrong.log.event({ event: "settings_invalid" })).toMatchObject({ setting });
  });
});
