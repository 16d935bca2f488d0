import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GatewayUnderTest, SignInOptions } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";
import type { ExpectedProblem } from "./support/problem.ts";
import { expectProblem } from "./support/problem.ts";

const STRANGER = "99999999-0000-4000-8000-000000000009";
const nowS = Math.floor(Date.now() / 1000);

let gateway: GatewayUnderTest;
let before: { exchanges: number; calls: number };
beforeAll(async () => {
  gateway = await startGateway({
    settings: ({ seed }) => ({ AzureAd__AllowedClientApplications: seed.client.clientId }),
  });
});
beforeEach(() => {
  before = reached();
});
afterEach(() => {
  // Whatever was wrong with the token: it went nowhere.
  expect(reached()).toEqual(before);
});
afterAll(async () => {
  expectNothingSecretLogged(gateway);
  await gateway[Symbol.asyncDispose]();
});

function reached(): { exchanges: number; calls: number } {
  const { entra, profile, ledger } = gateway.azure;
  return { exchanges: entra.counts.token, calls: profile.requests.length + ledger.requests.length };
}

function refusal(detail: string): ExpectedProblem {
  return { code: "invalid_token", detail, challenge: { error: "invalid_token", error_description: detail } };
}

function forbidden(code: ExpectedProblem["code"], detail: string, scope?: string): ExpectedProblem {
  const challenge = { error: "insufficient_scope", error_description: detail };
  if (scope === undefined) return { code, detail, challenge };
  return { code, detail, members: { scopes: [scope] }, challenge: { ...challenge, scope } };
}

const EXPIRED: ExpectedProblem = {
  ...refusal("The access token expired. Get a new one and try again."),
  code: "token_expired",
};
const ALGORITHM = refusal("The access token is signed with an algorithm other than RS256.");
const UNKNOWN_KEY = refusal("The access token is signed with a key that is not its tenant's.");
const SIGNATURE = refusal("The access token's signature is not valid.");

describe("a token that is not Alice's own for this API", () => {
  it.each<[string, SignInOptions, ExpectedProblem]>([
    ["without a signature (alg none)", { forgery: { alg: "none" } }, ALGORITHM],
    ["signed with HS256 and the public key", { forgery: { alg: "HS256" } }, ALGORITHM],
    ["signed with RS384", { forgery: { alg: "RS384" } }, ALGORITHM],
    ["signed with PS256", { forgery: { alg: "PS256" } }, ALGORITHM],
    ["naming another key", { forgery: { kid: "another" } }, UNKNOWN_KEY],
    ["naming no key", { forgery: { kid: null } }, UNKNOWN_KEY],
    ["signed with a foreign key", { forgery: { foreignKey: true } }, SIGNATURE],
    ["for another API", { override: { aud: STRANGER } }, refusal("The access token is for another API (aud).")],
    ["for no API", { override: { aud: undefined } }, refusal("The access token is for another API (aud).")],
    [
      "from another issuer",
      { override: { iss: `https://login.example.com/${STRANGER}/v2.0` } },
      refusal("The access token is from another issuer (iss)."),
    ],
    [
      "of another tenant",
      { override: { tid: STRANGER } },
      refusal("The access token is of a tenant whose users may not call this API."),
    ],
    ["of no tenant", { override: { tid: undefined } }, refusal("The access token names no tenant (tid).")],
    ["that expired", { override: { exp: nowS - 120 } }, EXPIRED],
    [
      "that never expires",
      { override: { exp: undefined } },
      refusal("The access token's claim exp is missing or wrong."),
    ],
    ["not valid yet", { override: { nbf: nowS + 3_600 } }, refusal("The access token is not valid yet (nbf).")],
    [
      "that is an ID token",
      { override: { scp: undefined, azp: undefined } },
      refusal("The token is no access token (neither scp nor azp or appid): do not send an ID token."),
    ],
    [
      "without the scope",
      { override: { scp: "Other.Read" } },
      forbidden("insufficient_scope", "The access token lacks the scope access_as_user.", "access_as_user"),
    ],
    [
      "issued to a client that may not call",
      { override: { azp: STRANGER } },
      forbidden("client_not_allowed", "The client app that this token was issued to may not call this API."),
    ],
  ])("%s", async (_, options, expected) => {
    const token = await gateway.signIn(gateway.azure.seed.users.alice, options);
    for (const path of ["/validate", "/downstream/profile/me", "/downstream/unknown/me"]) {
      const answer = await gateway.client.call(path, { token });
      expectProblem(gateway, answer, expected);
      const event = await gateway.log.event({ correlationId: answer.headers["x-correlation-id"] });
      expect(event).toMatchObject({ event: "call_refused", code: expected.code, detail: expected.detail });
    }
  });

  it("but an app's own, without a user", async () => {
    const { entra, seed } = gateway.azure;
    const token = await entra.issueApplicationToken({
      tenant: seed.tenant,
      principalOid: STRANGER,
      clientId: seed.client.clientId,
      resource: seed.gateway.clientId,
    });
    const detail = "The access token was issued to an app, without a user: it cannot be exchanged on behalf of one.";
    expectProblem(
      gateway,
      await gateway.client.call("/downstream/profile/me", { token }),
      forbidden("app_only_token", detail),
    );
  });
});
