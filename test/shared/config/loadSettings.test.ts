import { describe, expect, it } from "vitest";
import { Secret } from "../../../shared/secret.ts";
import { CLIENT_ID, LONGEST_CALL_MS, load, OTHER_TENANT, TENANT, VALID } from "./environment.ts";

describe("settings", () => {
  it("need little, and have sensible values for the rest", () => {
    const { azureAd, downstreamApis } = load();
    expect(azureAd).toEqual({
      instance: "https://login.microsoftonline.com",
      tenantId: TENANT,
      clientId: CLIENT_ID,
      audiences: [CLIENT_ID, `api://${CLIENT_ID}`],
      scopes: [],
      allowedTenants: [],
      allowedClientApplications: [],
      clientCapabilities: [],
      clientCredentials: [{ sourceType: "ClientSecret", clientSecret: expect.any(Secret) }],
      credentialPollMs: 3_600_000,
      requestTimeoutMs: 10_000,
    });
    expect(Object.keys(downstreamApis)).toEqual(["graph"]);
    expect(downstreamApis.graph).toEqual({
      name: "graph",
      origin: "https://graph.microsoft.com",
      basePath: "/v1.0",
      scopes: ["https://graph.microsoft.com/User.Read"],
      requestAppToken: false,
      scopesByPrefix: [],
      allowedMethods: [],
      allowedPathPrefixes: [],
      extraHeaders: [],
      passRequestHeaders: [],
      maxRequestBodyBytes: undefined,
      allowSetCookie: false,
      allowSharedCaching: false,
      retryConnectionFailures: false,
      circuitBreaker: undefined,
      maxConnections: 256,
      maxConcurrentCallsPerUser: 32,
      queueTimeoutMs: 5_000,
      connectTimeoutMs: 5_000,
      responseTimeoutMs: 60_000,
      idleTimeoutMs: 120_000,
      totalTimeoutMs: LONGEST_CALL_MS,
    });
  });

  it("can all be given, numbered or in one text, and are trimmed", () => {
    const { azureAd } = load({
      AzureAd__Instance: " https://login.microsoftonline.us// ",
      AzureAd__TenantId: "Organizations",
      AzureAd__ClientId: ` ${CLIENT_ID.toUpperCase()} `,
      AzureAd__Audience: "api://third",
      AzureAd__Audiences__0: "api://first",
      AzureAd__Audiences__1: "api://second",
      AzureAd__Audiences__2: "api://first",
      AzureAd__Scopes: "  access_as_user   files.read ",
      AzureAd__AllowedTenants__0: TENANT.toUpperCase(),
      AzureAd__AllowedTenants__1: OTHER_TENANT,
      AzureAd__AllowedClientApplications: CLIENT_ID.toUpperCase(),
      AzureAd__ClientCapabilities__0: "cp1",
      AzureAd__RequestTimeoutSeconds: "2.5",
    });
    expect(azureAd).toMatchObject({
      instance: "https://login.microsoftonline.us",
      tenantId: "organizations",
      clientId: CLIENT_ID,
      audiences: ["api://first", "api://second", "api://third"],
      scopes: ["access_as_user", "files.read"],
      allowedTenants: [TENANT, OTHER_TENANT],
      allowedClientApplications: [CLIENT_ID],
      clientCapabilities: ["cp1"],
      requestTimeoutMs: 2_500,
    });
  });

  it("take more than ten numbered values in the order of their numbers", () => {
    const scopes = Array.from({ length: 12 }, (_, index) => `scope${index}`);
    const numbered = scopes.map((scope, index) => [`AzureAd__Scopes__${index}`, scope]).reverse();
    expect(load(Object.fromEntries(numbered)).azureAd.scopes).toEqual(scopes);
  });

  it("take client credentials of every kind, in order", () => {
    const at = (index: number, settings: Record<string, string>) =>
      Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [`AzureAd__ClientCredentials__${index}__${name}`, value]),
      );
    const { clientCredentials } = load({
      ...at(1, {
        SourceType: "KeyVault",
        KeyVaultUrl: "https://contoso.vault.azure.net",
        KeyVaultCertificateName: "gateway",
        ManagedIdentityClientId: CLIENT_ID,
        SendX5C: "TRUE",
      }),
      ...at(2, { SourceType: "Path", CertificateDiskPath: "/certificates/a b.pfx", CertificatePassword: "hunter3" }),
      ...at(3, { SourceType: "Base64Encoded", Base64EncodedValue: "TUlJ", SendX5C: "false" }),
      ...at(4, {
        SourceType: "ClientSecret",
        KeyVaultUrl: "https://contoso.vault.azure.net",
        KeyVaultSecretName: "gateway-secret",
      }),
      ...at(5, {
        SourceType: "SignedAssertionFromVault",
        KeyVaultUrl: "https://contoso.vault.azure.net",
        KeyVaultCertificateName: "locked",
      }),
      ...at(6, { SourceType: "SignedAssertionFromManagedIdentity", ManagedIdentityClientId: CLIENT_ID.toUpperCase() }),
      ...at(7, {
        SourceType: "SignedAssertionFromManagedIdentity",
        ManagedIdentityClientId: CLIENT_ID,
        TokenExchangeUrl: "api://AzureADTokenExchangeUSGov/",
      }),
    }).azureAd;
    expect(clientCredentials).toMatchObject([
      { sourceType: "ClientSecret" },
      {
        sourceType: "KeyVault",
        keyVaultUrl: "https://contoso.vault.azure.net/",
        certificateName: "gateway",
        managedIdentityClientId: CLIENT_ID,
        sendX5C: true,
      },
      { sourceType: "Path", path: "/certificates/a b.pfx", sendX5C: false },
      { sourceType: "Base64Encoded", sendX5C: false },
      {
        sourceType: "ClientSecret",
        keyVaultUrl: "https://contoso.vault.azure.net/",
        secretName: "gateway-secret",
        managedIdentityClientId: undefined,
      },
      { sourceType: "SignedAssertionFromVault", certificateName: "locked", sendX5C: false },
      {
        sourceType: "SignedAssertionFromManagedIdentity",
        managedIdentityClientId: CLIENT_ID,
        tokenExchangeUrl: undefined,
      },
      {
        sourceType: "SignedAssertionFromManagedIdentity",
        managedIdentityClientId: CLIENT_ID,
        tokenExchangeUrl: "api://AzureADTokenExchangeUSGov",
      },
    ]);
    const revealed = clientCredentials.map((one) =>
      "clientSecret" in one ? one.clientSecret.reveal() : "password" in one ? one.password.reveal() : undefined,
    );
    expect(revealed).toEqual(["hunter2", undefined, "hunter3", "", ...Array(4)]);
    expect(JSON.stringify(clientCredentials)).not.toMatch(/hunter|TUlJ/);
  });

  it("are read whatever the case of their names", () => {
    const upper = Object.fromEntries(
      Object.entries(VALID).map(([name, value]) => [
        name.startsWith("AzureAd") ? name.toUpperCase() : name.replace("BaseUrl", "BASEURL").replace("Apis", "APIS"),
        value,
      ]),
    );
    const from = Object.fromEntries(Object.keys(VALID).map((name) => [name, undefined]));
    expect(load({ ...from, ...upper })).toEqual(load());
  });

  it("that are empty are not set", () => {
    const changes = { AzureAd__Instance: "", AzureAd__AllowedTenants: "", AzureAd__RequestTimeoutSeconds: "" };
    expect(load({ ...changes, DownstreamApis__crm__BaseUrl: "", AzureAd__Audiences: "" })).toEqual(load());
  });

  it("of others in the same environment do not matter, nor do those of web apps", () => {
    const others = { PATH: "/bin", AzureWebJobsStorage__accountName: "x", AzureAd: "x", AzureAdB2C__TenantId: "x" };
    const ofWebApps = {
      AzureAd__Domain: "contoso.com",
      AzureAd__CallbackPath: "/signin-oidc",
      azuread__SIGNEDOUTCALLBACKPATH: "/",
      AzureAd__AllowWebApiToBeAuthorizedByACL: "true",
      AzureAd__EnablePiiLogging: "false",
    };
    expect(load({ ...others, ...ofWebApps })).toEqual(load());
  });

  it("name downstream APIs as they like, by names of our settings too, and keep the spelling", () => {
    for (const name of ["audience", "SCOPES", "azuread", "constructor", "toString", "a.b-c_d", "7"]) {
      const { downstreamApis } = load({
        [`DownstreamApis__${name}__BaseUrl`]: "https://api.example/",
        [`DownstreamApis__${name}__Scopes__0`]: "api://x/y",
      });
      expect(Object.keys(downstreamApis)).toContain(name);
      expect(downstreamApis[name]).toMatchObject({ name, origin: "https://api.example", basePath: "" });
    }
  });

  it("have no downstream API that nobody configured, not even under the names every object has", () => {
    const { downstreamApis } = load();
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty", "Graph"]) {
      expect(downstreamApis[name]).toBeUndefined();
    }
    expect(Object.getPrototypeOf(downstreamApis)).toBeNull();
  });

  it("are frozen all the way down, and nothing of one load shows in the next", () => {
    const reachable: object[] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      reachable.push(value);
      for (const below of Object.values(value)) walk(below);
    };
    walk(load());
    expect(reachable.length).toBeGreaterThan(8);
    expect(reachable.filter((value) => !Object.isFrozen(value))).toEqual([]);
    expect(load()).toEqual(load());
  });
});
