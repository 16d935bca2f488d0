import { describe, expect, it } from "vitest";
import { longestCallMs } from "../../functions/functionTimeout.ts";
import { loadSettings } from "../../shared/config/loadSettings.ts";
import { SECTIONS } from "../../shared/config/names.ts";
import { InvalidSettingsError } from "../../shared/config/settingTree.ts";
import { TENANT_ID } from "./bicep/functions.ts";
import type { Values } from "./bicep/value.ts";
import { text, values } from "./bicep/value.ts";
import {
  CLIENT_CREDENTIALS,
  CLIENT_ID,
  CREDENTIALS,
  DIRECT,
  deployed,
  EVERY_CREDENTIAL,
  EVERY_RULE,
  GATEWAY_CLIENT_ID,
  GRAPH,
  LEDGER,
  only,
  property,
  REDIS,
  RUNTIME,
  VARIANTS,
} from "./support/deployments.ts";

/** What the deployment writes as app settings. */
function appSettings(params: Values = {}): [name: string, value: string][] {
  const settings = only(deployed(params), "Microsoft.Web/sites/config", "appsettings");
  return Object.entries(values(settings.body.properties)).map(([name, of]) => [name, text(of)]);
}

/** What the vault holds, by the references that the platform reads it by. */
const SECRETS: Readonly<Record<string, string>> = {
  "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/ledger-key)": "the ledger's key",
};

/** The environment that the app would see: its settings, with Key Vault references read. */
function environment(params: Values = {}): Record<string, string> {
  return Object.fromEntries(appSettings(params).map(([name, value]) => [name, SECRETS[value] ?? value]));
}

function load(settings: Record<string, string>) {
  return loadSettings(settings, { longestCallMs: longestCallMs(settings) });
}

describe("the app settings that the deployment writes", () => {
  it.each(VARIANTS)("are what the app takes: %s", (_, params) => {
    expect(() => load(environment(params))).not.toThrow();
  });

  it("say to the app what the parameters say", () => {
    const { azureAd, gateway, downstreamApis } = load(
      environment({
        clientApplications: [GATEWAY_CLIENT_ID],
        clientCapabilities: ["cp1"],
        clientCredentials: [
          { sourceType: "KeyVault", certificateName: "next" },
          { sourceType: "KeyVault", certificateName: "obo-gateway" },
        ],
        credentialPollSeconds: 900,
      }),
    );
    expect(azureAd).toMatchObject({
      instance: "https://login.microsoftonline.com",
      tenantId: TENANT_ID,
      clientId: CLIENT_ID,
      scopes: ["access_as_user"],
      allowedClientApplications: [GATEWAY_CLIENT_ID],
      clientCapabilities: ["cp1"],
    });
    const managedIdentityClientId = RUNTIME["identity.properties.clientId"];
    expect(azureAd.clientCredentials).toMatchObject([
      {
        sourceType: "KeyVault",
        keyVaultUrl: "https://vault.example/",
        certificateName: "next",
        managedIdentityClientId,
      },
      { sourceType: "KeyVault", certificateName: "obo-gateway", managedIdentityClientId },
    ]);
    expect(gateway).toEqual({
      authentication: "entra",
      allowedPrincipals: [RUNTIME["service.identity.principalId"]],
      authorizationApis: [],
      tenantId: TENANT_ID,
    });
    expect(azureAd.credentialPollMs).toBe(900_000);
    expect(downstreamApis).toMatchObject({
      graph: { origin: "https://graph.microsoft.com", basePath: "/v1.0", scopes: GRAPH.scopes },
    });
  });

  it("say of an API all that there is to say, and of one without rules nothing", () => {
    const { ledger, graph } = load(environment(EVERY_RULE)).downstreamApis;
    expect(ledger).toMatchObject({
      name: "ledger",
      origin: "https://ledger.example",
      basePath: "/v2",
      scopes: ["api://ledger/Read"],
      scopesByPrefix: [
        { prefix: "/reports/yearly", scopes: ["api://ledger/Reports.Yearly"] },
        { prefix: "/reports", scopes: ["api://ledger/Reports.Read", "api://ledger/Reports.List"] },
      ],
      allowedMethods: ["GET", "HEAD", "POST"],
      allowedPathPrefixes: ["/me", "/reports"],
      passRequestHeaders: ["x-forwarded-for", "cf-ipcountry"],
      maxRequestBodyBytes: 1_048_576,
      allowSetCookie: true,
      allowSharedCaching: true,
      maxConnections: 16,
      maxConcurrentCallsPerUser: 4,
      queueTimeoutMs: 2_500,
      connectTimeoutMs: 500,
      responseTimeoutMs: 20_000,
      idleTimeoutMs: 30_000,
      totalTimeoutMs: 12_500,
    });
    expect(ledger?.extraHeaders.map(({ name, value }) => [name, value.reveal()])).toEqual([
      ["x-api-version", "2024-01-01"],
      ["ocp-apim-subscription-key", "the ledger's key"],
    ]);
    const plain = { BaseUrl: GRAPH.baseUrl, Scopes: GRAPH.scopes.join(" ") };
    const ofGraph = Object.entries(plain).map(([name, value]) => [`DownstreamApis__graph__${name}`, value]);
    const { graph: expected } = load({
      ...environment({ downstreamApis: [LEDGER] }),
      ...Object.fromEntries(ofGraph),
    }).downstreamApis;
    expect(graph).toEqual(expected);
  });

  it("say which API is called as the app, and which is repeated or left alone when it fails", () => {
    const audit = {
      name: "audit",
      baseUrl: "https://audit.example",
      scopes: ["api://audit/.default"],
      requestAppToken: true,
      retryConnectionFailures: true,
    };
    const written = (api: Values) => {
      const ours = appSettings({ downstreamApis: [api] }).filter(([name, value]) => {
        return /__(RequestAppToken|RetryConnectionFailures|CircuitBreaker__\w+)$/.test(name) && value !== "";
      });
      return Object.fromEntries(ours.map(([name, value]) => [name.replace(/^DownstreamApis__\w+?__/, ""), value]));
    };
    const called = { RequestAppToken: "true", RetryConnectionFailures: "true" };
    expect(written(audit)).toEqual(called);
    expect(written({ ...audit, circuitBreaker: { failures: 5 } })).toEqual({
      ...called,
      CircuitBreaker__Failures: "5",
    });
    expect(written({ ...audit, circuitBreaker: { failures: 5, pauseSeconds: 60 } })).toEqual({
      ...called,
      CircuitBreaker__Failures: "5",
      CircuitBreaker__PauseSeconds: "60",
    });
    expect(written(GRAPH)).toEqual({});
    expect(written({ ...audit, requestAppToken: false, retryConnectionFailures: false })).toEqual({});
  });

  it("leave a header's secret in the vault: a reference that the platform reads as the app's identity, else the app says so", () => {
    const name = "DownstreamApis__ledger__ExtraHeaderParameters__Ocp_Apim_Subscription_Key";
    const written = Object.fromEntries(appSettings(EVERY_RULE));
    expect(written[name]).toBe("@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/ledger-key)");
    expect(property(only(deployed(), "Microsoft.Web/sites"), "keyVaultReferenceIdentity")).toBe("<identity.id>");
    expect(() => load(written)).toThrow(
      new RegExp(`${name}: found \\[redacted\\], expected .*could not read this reference`),
    );
  });

  it("have names that app settings on Linux may have", () => {
    for (const [, params] of VARIANTS) {
      for (const [name] of appSettings(params)) expect(name).toMatch(/^[A-Za-z0-9_.]+$/);
    }
  });

  it("name, for each kind of credential, what that kind needs and nothing else", () => {
    const managedIdentityClientId = RUNTIME["identity.properties.clientId"];
    const keyVaultUrl = RUNTIME["vault.properties.vaultUri"];
    const { clientCredentials } = load(environment(EVERY_CREDENTIAL)).azureAd;
    expect(clientCredentials).toEqual([
      { sourceType: "KeyVault", keyVaultUrl, certificateName: "obo-gateway", managedIdentityClientId, sendX5C: false },
      {
        sourceType: "SignedAssertionFromVault",
        keyVaultUrl,
        certificateName: "obo-gateway-signing",
        managedIdentityClientId,
        sendX5C: false,
      },
      // The audience is the one of the cloud, which the app knows by its sign-in endpoint.
      { sourceType: "SignedAssertionFromManagedIdentity", managedIdentityClientId, tokenExchangeUrl: undefined },
      { sourceType: "ClientSecret", keyVaultUrl, secretName: "obo-gateway-secret", managedIdentityClientId },
    ]);
  });

  it("admit the app whose secret API Management uses, where it uses one", () => {
    expect(load(environment(CLIENT_CREDENTIALS)).gateway.allowedPrincipals).toEqual([GATEWAY_CLIENT_ID]);
  });

  it("open /authorization for the API that API Management calls itself, and for no other", () => {
    expect(load(environment({ ...DIRECT, downstreamApis: [GRAPH, LEDGER] })).gateway.authorizationApis).toEqual([
      "graph",
    ]);
    expect(load(environment({ downstreamApis: [GRAPH, LEDGER] })).gateway.authorizationApis).toEqual([]);
  });

  it("stop the app when directApi names no API of downstreamApis", () => {
    const misspelt = { directApi: { ...DIRECT.directApi, name: "Graph" } };
    expect(() => load(environment(misspelt))).toThrow(/Gateway__AuthorizationApis.*found "Graph".*\(graph\)/);
  });

  it("allow several tenants", () => {
    const { azureAd, gateway } = load(
      environment({ tenantId: "organizations", allowedTenants: [TENANT_ID, CLIENT_ID] }),
    );
    expect(azureAd).toMatchObject({ tenantId: "organizations", allowedTenants: [TENANT_ID, CLIENT_ID] });
    expect(gateway.tenantId).toBe(TENANT_ID);
    // One tenant: the app knows it, and an older one would not know the setting.
    expect(environment({}).Gateway__TenantId).toBe("");
  });

  it("have the instances share tokens where there is a Redis: signed in as the app's identity, encrypted with a vault's key", () => {
    const managedIdentityClientId = RUNTIME["identity.properties.clientId"];
    const key = (name: string) => ({
      id: name,
      source: "keyVault",
      keyVaultUrl: RUNTIME["vault.properties.vaultUri"],
      secretName: name,
      managedIdentityClientId,
    });
    const redis = (params: Values) => load(environment(params)).tokenCache.redis;
    expect(redis(REDIS)).toMatchObject({
      server: { authentication: "entra", host: "redis.example", port: 10_000, managedIdentityClientId },
      encryptionKeys: [key("token-cache-1")],
    });
    const changing = { ...REDIS, tokenCacheKeys: ["token-cache-2", "token-cache-1"] };
    expect(redis(changing)?.encryptionKeys).toEqual([key("token-cache-2"), key("token-cache-1")]);
    expect(redis({})).toBeUndefined();
    const left = Object.keys(environment()).filter((name) => /^TokenCache__(Redis|EncryptionKeys)/.test(name));
    expect(left).toEqual([]);
  });

  it.each([
    [512, 64],
    [2048, 256],
    [4096, 512],
  ])("give tokens an eighth of an instance's memory: of %i MB, %i", (instanceMemoryMB, megabytes) => {
    expect(load(environment({ instanceMemoryMB })).tokenCache.maxBytes).toBe(megabytes * 1_048_576);
  });

  it("are none too few: without any one of those that are required, the app refuses", () => {
    const whole = environment({ ...REDIS, ...EVERY_CREDENTIAL });
    const required = [
      /AzureAd__TenantId$/,
      /ClientId$/,
      /SourceType$/,
      /KeyVaultUrl$/,
      /KeyVaultCertificateName$/,
      /AllowedPrincipals/,
      /BaseUrl$/,
      /__graph__Scopes$/,
      /Redis__Host$/,
      /EncryptionKeys__0__Id$/,
      /KeyVaultSecretName$/,
    ];
    for (const name of Object.keys(whole)) {
      // The identity is a must where it proves itself, and elsewhere says which one is meant.
      const federated =
        whole[name.replace("ManagedIdentityClientId", "SourceType")] === CREDENTIALS.federated.sourceType;
      if (!required.some((each) => each.test(name))) continue;
      if (name.endsWith("ManagedIdentityClientId") && !federated) continue;
      if (!SECTIONS.some((section) => name.startsWith(`${section}__`))) continue;
      const { [name]: _, ...rest } = whole;
      expect(() => load(rest), name).toThrow(InvalidSettingsError);
    }
  });

  it("beside the app's own are the host's, and no others", () => {
    const others = Object.keys(environment()).filter((name) => !SECTIONS.some((own) => name.startsWith(`${own}__`)));
    expect(others.sort()).toEqual([
      "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
      "APPLICATIONINSIGHTS_CONNECTION_STRING",
      "AzureWebJobsStorage__accountName",
      "AzureWebJobsStorage__clientId",
      "AzureWebJobsStorage__credential",
      "WEBSITE_AUTH_AAD_ALLOWED_TENANTS",
      "languageWorkers__node__arguments",
    ]);
  });

  it("are made after the service whose identity they name, and API Management's API after the app it calls", () => {
    const resources = deployed();
    const settings = only(resources, "Microsoft.Web/sites/config", "appsettings");
    const backend = only(resources, "Microsoft.ApiManagement/service/backends");
    expect(settings.after).toContain("apiManagement");
    expect(only(deployed(REDIS), "Microsoft.Web/sites/config", "appsettings").after).toContain("redis");
    expect(backend.after).toContain("functionApp");
    expect(only(resources, "Microsoft.ApiManagement/service").after).not.toContain("functionApp");
    expect(property(backend, "url")).toBe("https://func.example/api");
  });
});
