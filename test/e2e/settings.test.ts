import { describe, expect, it } from "vitest";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingInternal, expectNothingSecretLogged } from "./support/leaks.ts";
import { expectProblem } from "./support/problem.ts";

const MISTAKES = {
  AzureAd__Instance: "http://login.example.com/?key=hidden",
  AzureAd__TenantId: "contoso",
  AzureAd__ClientId: "",
  AzureAd__RequestTimeoutSeconds: "soon",
  AzureAd__ClientSecrets: "a secret under a wrong name",
  AzureAd__ClientCredentials__0__SourceType: "ClientSecrt",
  DownstreamApis__profile__BaseUrl: "https://user:pass@profile.example.com",
  DownstreamApis__ledger__Scope: "api://ledger/Ledger.Read",
  DownstreamApis__ledger__Scopes: "",
  "DownstreamApis__no good__BaseUrl": "https://x.example.com",
};

const MISTAKES_LOGGED = [
  [
    "AzureAd__Instance",
    '"http://login.example.com/?[redacted]"',
    "the sign-in endpoint, like https://login.microsoftonline.com/",
  ],
  ["AzureAd__TenantId", '"contoso"', "the tenant's id (GUID), or organizations for users of several tenants"],
  ["AzureAd__ClientId", "nothing", "the client id (GUID) of the gateway's app registration"],
  [
    "AzureAd__ClientCredentials__0__SourceType",
    '"ClientSecrt"',
    "one of SignedAssertionFromManagedIdentity, SignedAssertionFromVault, KeyVault, ClientSecret, Path, Base64Encoded",
  ],
  ["AzureAd__RequestTimeoutSeconds", '"soon"', "a number of seconds from 0.1 to 60"],
  ["AzureAd__ClientSecrets", "[redacted]", "no setting of that name"],
  [
    "DownstreamApis__profile__BaseUrl",
    '"https://[redacted]@profile.example.com"',
    "the API's base URL (https), without query or fragment",
  ],
  [
    "DownstreamApis__ledger__Scopes",
    "nothing",
    "at least one scope of this API, like https://graph.microsoft.com/User.Read, and numbers without a gap",
  ],
  [
    "DownstreamApis__ledger__Scope",
    "[redacted]",
    "no setting of that name; did you mean DownstreamApis__ledger__Scopes?",
  ],
  [
    "DownstreamApis__no good",
    "settings below it (BaseUrl)",
    "a name of letters, digits, '-', '_' and '.', as it stands in the gateway's paths",
  ],
];

describe("an app with wrong settings", () => {
  it("serves nothing but the liveness probe, and logs every mistake: setting, found, expected", async () => {
    await using gateway = await startGateway({ settings: () => MISTAKES });
    const { client, log } = gateway;
    expect((await client.call("/health/live")).status).toBe(200);
    expect((await client.call("/health/ready")).status).toBe(503);
    const token = await gateway.signIn(gateway.azure.seed.users.alice);
    for (const [method, path] of [
      ["GET", "/validate"],
      ["GET", "/downstream/profile/me"],
      ["POST", "/downstream/ledger/x"],
      ["GET", "/downstream/unknown"],
    ] as const) {
      const answer = await client.call(path, { method, token });
      expectProblem(gateway, answer, {
        code: "settings_invalid",
        detail: "The gateway does not serve: its settings are wrong. The list of mistakes is in its log.",
      });
      const event = await log.event({ correlationId: answer.headers["x-correlation-id"] });
      expect(event).toMatchObject({ event: "call_failed", code: "settings_invalid", status: 500 });
    }
    const { mistakes } = await log.event({ event: "not_serving" });
    const logged = log.events.filter(({ event }) => event === "settings_invalid");
    expect(logged).toHaveLength(Number(mistakes));
    expect(logged.map(({ setting, found, expected }) => [setting, found, expected])).toEqual(MISTAKES_LOGGED);
    expectNothingSecretLogged(gateway);
    for (const hidden of ["hidden", "user:pass", "a secret under"]) expect(log.text).not.toContain(hidden);
    expect(gateway.azure.entra.counts.token).toBe(0);
    expect(gateway.azure.profile.requests).toHaveLength(0);
  });

  it("counts a time limit that no call could end before as one more mistake", async () => {
    await using gateway = await startGateway({
      settings: () => ({ AzureFunctionsJobHost__functionTimeout: "00:00:05", AzureAd__TenantId: "contoso" }),
    });
    const { mistakes } = await gateway.log.event({ event: "not_serving" });
    expect(mistakes).toBe(2);
    const { event: _, ...mistake } = await gateway.log.event({
      event: "settings_invalid",
      setting: "AzureFunctionsJobHost__functionTimeout",
    });
    expect(mistake).toEqual({
      setting: "AzureFunctionsJobHost__functionTimeout",
      found: '"00:00:05"',
      expected: "a time span hh:mm:ss of more than 10 s",
    });
    const answer = await gateway.client.call("/validate");
    expect(answer.status).toBe(500);
    expectNothingInternal(gateway, answer);
  });
});
