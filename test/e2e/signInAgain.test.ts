import { randomUUID } from "node:crypto";
import { consent } from "@obo-gateway/local-azure/entra/registration.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failedExchange } from "./support/failedCall.ts";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";
import { newUser } from "./support/people.ts";

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => {
  expectNothingSecretLogged(gateway);
  await gateway[Symbol.asyncDispose]();
});

const traceId = expect.stringMatching(/^[0-9a-f-]{36}$/);
const REJECTED = "Entra ID did not accept the access token for the exchange. Sign in again.";

describe("what only the user, or an administrator, can cure", () => {
  it("Conditional Access: the client signs in again with the claims of the answer, and succeeds", async () => {
    const { azure, client } = gateway;
    const user = newUser(azure);
    azure.seed.directory.policies.push({
      id: randomUUID(),
      resourceId: azure.seed.ledger.clientId,
      users: [user.oid],
      demands: "mfa",
      aadsts: 50079,
    });
    const policyId = azure.seed.directory.policies.at(-1)?.id;
    const claims = JSON.stringify({ access_token: { polids: { essential: true, values: [policyId] } } });
    const { diagnosis } = await failedExchange(
      gateway,
      await gateway.signIn(user),
      {
        code: "interaction_required",
        detail: "The user must sign in again with the given claims before this downstream API can be called.",
        members: { claims, errorCodes: [50079], traceId },
        challenge: { error: "insufficient_claims", claims: Buffer.from(claims).toString("base64") },
      },
      "ledger",
    );
    expect(diagnosis).toMatch(
      /^AADSTS50079: The user must enrol for multi-factor authentication\. Trace ID \S+\. Credential: AzureAd__ClientCredentials__0 \(ClientSecret\)\.$/,
    );
    // As a client does it: from the challenge, not from what this test knows.
    const steppedUp = await gateway.signIn(user, { claims });
    const answer = await client.call("/downstream/ledger/me", { token: steppedUp });
    expect([answer.status, answer.json().oid]).toEqual([200, user.oid]);
  });

  it("a revoked sign-in: the client signs in again", async () => {
    const user = newUser(gateway.azure);
    // Whole seconds in `iat`: this sign-in is older than that by far.
    user.signInsValidFromMs = Date.now() + 1_000;
    const detail = "The user must sign in again before this downstream API can be called.";
    await failedExchange(gateway, await gateway.signIn(user), {
      code: "interaction_required",
      detail,
      members: { errorCodes: [50173], traceId },
      challenge: { error: "invalid_token", error_description: detail },
    });
    user.signInsValidFromMs = 0;
    const answer = await gateway.client.call("/downstream/profile/me", { token: await gateway.signIn(user) });
    expect(answer.status).toBe(200);
  });

  it("missing consent: the answer says to what and where, and once it is given the same call succeeds", async () => {
    const { azure, client } = gateway;
    const { directory, gateway: app, profile, scopes, tenant } = azure.seed;
    const user = newUser(azure, { consented: false });
    const consentUri = `${azure.entra.url}/${tenant.id}/v2.0/adminconsent?client_id=${app.clientId}&scope=${encodeURIComponent(scopes.profile)}`;
    await failedExchange(gateway, await gateway.signIn(user), {
      code: "consent_required",
      detail: `Consent to ${scopes.profile} is missing: an administrator, or the user, must grant it at consentUri.`,
      members: { errorCodes: [65001], traceId, scopes: [scopes.profile], consentUri },
      challenge: { error: "insufficient_scope", scope: scopes.profile, consentUri, proposedAction: "consent" },
    });
    consent(directory, app, profile, ["Profile.Read"], user);
    const answer = await client.call("/downstream/profile/me", { token: await gateway.signIn(user) });
    expect([answer.status, answer.json().oid]).toEqual([200, user.oid]);
  });

  it.each([
    [50013, "The assertion is invalid: its signature, audience, issuer or time is not accepted."],
    [500133, "The assertion is not within its valid time range."],
    [50057, "The user's account is disabled."],
  ])("an assertion that Entra ID rejects (AADSTS%i)", async (aadsts, explanation) => {
    const user = newUser(gateway.azure);
    gateway.azure.entra.faults.add({ aim: { user: user.oid }, times: 1, effect: { kind: "error", aadsts } });
    const { diagnosis } = await failedExchange(gateway, await gateway.signIn(user), {
      code: "invalid_token",
      detail: REJECTED,
      members: { errorCodes: [aadsts], traceId },
      challenge: { error: "invalid_token", error_description: REJECTED },
    });
    expect(diagnosis).toContain(`AADSTS${aadsts}: ${explanation} Trace ID `);
  });
});
