import { randomUUID } from "node:crypto";
import type { User } from "@obo-gateway/local-azure/entra/directory.ts";
import { consent, registerApp } from "@obo-gateway/local-azure/entra/registration.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SignInOptions } from "../support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "../support/leaks.ts";
import type { Chain } from "./support/chain.ts";
import { startChain, startFront } from "./support/chain.ts";
import type { PolicyCode } from "./support/problem.ts";
import { expectPolicyProblem } from "./support/problem.ts";
import { spellings } from "./support/spellings.ts";

let chain: Chain;
let alice: User;
beforeAll(async () => {
  chain = await startChain();
  alice = chain.functions.azure.seed.users.alice;
});
afterAll(async () => {
  expectNothingSecretLogged(chain.functions);
  await chain[Symbol.asyncDispose]();
});

describe("a user's token at API Management", () => {
  it("reaches each downstream API as that user, with the token that the functions exchanged", async () => {
    const { azure, signIn } = chain.functions;
    const token = await signIn(alice);
    for (const [name, app, scope] of [
      ["profile", azure.seed.profile, "Profile.Read"],
      ["ledger", azure.seed.ledger, "Ledger.Read"],
    ] as const) {
      const answer = await chain.client.call(`/obo/downstream/${name}/me`, { token });
      expect([answer.status, answer.json()]).toEqual([
        200,
        {
          oid: alice.oid,
          name: "Alice",
          preferred_username: alice.userPrincipalName,
          tid: azure.seed.tenant.id,
          appid: azure.seed.gateway.clientId,
          aud: app.clientId,
          scp: scope,
        },
      ]);
      expect(answer.headers["x-ms-invocation-id"]).toBeUndefined();
    }
  });

  it.each(["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const)("lets %s pass", async (method) => {
    const token = await chain.functions.signIn(alice);
    const url = "/echo/a-b_c.d~e/%20?a=1&a=2&b=%2F&empty=";
    const { status, body } = await chain.client.call(`/obo/downstream/profile${url}`, { method, token });
    expect(status).toBe(200);
    if (method !== "HEAD") expect(JSON.parse(body.toString("utf8"))).toMatchObject({ method, url });
  });

  const nowS = Math.floor(Date.now() / 1_000);
  const refused: [string, PolicyCode, SignInOptions][] = [
    ["expired", "token_expired", { override: { iat: nowS - 7_200, nbf: nowS - 7_200, exp: nowS - 3_600 } }],
    ["for another API", "invalid_token", { override: { aud: randomUUID() } }],
    ["of another issuer", "invalid_token", { override: { iss: "https://elsewhere.example/v2.0" } }],
    ["without the scope", "insufficient_scope", { override: { scp: "something.else" } }],
    ["without any scope", "insufficient_scope", { override: { scp: undefined } }],
    ["signed by somebody else", "invalid_token", { forgery: { foreignKey: true } }],
    ["of an unknown key", "invalid_token", { forgery: { kid: "unknown" } }],
    ["signed with the public key as a secret", "invalid_token", { forgery: { alg: "HS256" } }],
    ["not signed", "invalid_token", { forgery: { alg: "none" } }],
  ];
  it.each(refused)("is refused when it is %s: %s", async (_, code, spec) => {
    await expectRefused(code, { authorization: `Bearer ${await chain.functions.signIn(alice, spec)}` });
  });

  it.each([
    ["none", {}],
    ["an empty one", { authorization: "" }],
  ])("is missed: %s", async (_, headers) => {
    await expectRefused("token_missing", headers);
  });

  it("is refused when it is no JWT", async () => {
    await expectRefused("invalid_token", { authorization: "Bearer abc" });
  });

  async function expectRefused(code: PolicyCode, headers: Record<string, string>): Promise<void> {
    const { azure, log } = chain.functions;
    const calls = (): number => log.lines.filter(({ message }) => message.startsWith("Executing ")).length;
    const seen = (): number[] => [azure.profile.requests.length, azure.entra.counts.token, calls()];
    const before = seen();
    const answer = await chain.client.call("/obo/downstream/profile/me", { headers });
    expectPolicyProblem(chain.functions, answer, code);
    const { event, correlationId, diagnosis } = chain.events.at(-1) ?? expect.fail("nothing was logged");
    expect([event, correlationId]).toEqual(["call_refused", answer.headers["x-correlation-id"]]);
    expect(diagnosis).toMatch(/^validate-azure-ad-token, (Token|Jwt)[A-Za-z]+: \S/);
    expect(seen()).toEqual(before);
  }
});

describe("a user's token in 32 spellings", () => {
  it("costs one exchange: 31 are refused", async () => {
    const { azure, signIn } = chain.functions;
    const texts = spellings(await signIn(azure.seed.users.bob));
    expect(new Set(texts).size).toBe(32);
    const exchanges = azure.entra.counts.token;
    const outcomes = await Promise.all(
      texts.map(async (token) => {
        const answer = await chain.client.call("/obo/downstream/ledger/me", { token });
        return answer.status === 200 ? "200" : `${answer.status} ${answer.json().code}`;
      }),
    );
    expect(outcomes.toSorted()).toEqual(["200", ...Array.from({ length: 31 }, () => "401 invalid_token")]);
    expect(azure.entra.counts.token - exchanges).toBe(1);
  });
});

describe("a user's token that cannot be checked, as Entra ID is down", () => {
  it.each(["metadata", "keys"] as const)("is not called invalid: no %s", async (endpoint) => {
    const { azure, signIn } = chain.functions;
    const token = await signIn(alice);
    await using front = await startFront(chain.functions);
    const call = () => front.client.call("/obo/downstream/profile/me", { token });
    const lift = azure.entra.faults.add({ endpoint, effect: { kind: "cut", when: "before-headers" } });
    const detail = "The access token cannot be checked now: try again after 10 s.";
    expectPolicyProblem(chain.functions, await call(), "identity_provider_unavailable", { detail });
    lift();
    expect((await call()).status).toBe(200);
  });
});

describe("the named value obo-client-applications", () => {
  it("lets its client apps call, and no other", async () => {
    const { azure, signIn } = chain.functions;
    const { directory, tenant, gateway, client } = azure.seed;
    const other = registerApp(directory, {
      tenantId: tenant.id,
      clientId: randomUUID(),
      displayName: "Another client",
      appIdUris: [],
      publicClient: true,
    });
    consent(directory, other, gateway, ["access_as_user"]);
    await using front = await startFront(chain.functions, { clientApplications: `${randomUUID()} ${client.clientId}` });
    const path = "/obo/downstream/profile/me";
    expect((await front.client.call(path, { token: await signIn(alice) })).status).toBe(200);
    for (const override of [{ azp: other.clientId }, { azp: undefined }, { azp: client.clientId.slice(1) }]) {
      const answer = await front.client.call(path, { token: await signIn(alice, { override }) });
      expectPolicyProblem(chain.functions, answer, "client_not_allowed");
    }
  });
});
