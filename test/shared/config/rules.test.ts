import { describe, expect, it } from "vitest";
import type { Environment } from "./environment.ts";
import { CLIENT_ID, load, mistakes, OTHER_TENANT, TENANT } from "./environment.ts";

const GRAPH = "DownstreamApis__graph";
const CREDENTIAL = "AzureAd__ClientCredentials__0";
const KINDS =
  "one of SignedAssertionFromManagedIdentity, SignedAssertionFromVault, KeyVault, ClientSecret, Path, Base64Encoded";
const EITHER_SECRET = "either the client secret's value (not its id), or __KeyVaultUrl and __KeyVaultSecretName";
const BASE_URL = "the API's base URL (https), without query or fragment";
const API_NAME = "a name of letters, digits, '-', '_' and '.', as it stands in the gateway's paths";
const TENANTS = "the tenant's id (GUID), or organizations for users of several tenants";

const expectMistake = (changes: Environment, setting: string, expected: string): void =>
  expect(mistakes(changes)).toMatchObject([{ setting, expected }]);

describe("the rules of single settings", () => {
  it.each(["contoso.com", "consumers", `{${TENANT}}`, TENANT.slice(1), `${TENANT}0`, "*", " "])(
    "TenantId: not %j",
    (value) => expectMistake({ AzureAd__TenantId: value }, "AzureAd__TenantId", TENANTS),
  );

  it.each(["x", "api://x", TENANT.replaceAll("-", "")])("ClientId: not %j", (value) =>
    expectMistake(
      { AzureAd__ClientId: value },
      "AzureAd__ClientId",
      "the client id (GUID) of the gateway's app registration",
    ),
  );

  it.each([
    "graph.microsoft.com",
    "/relative",
    "http://graph.microsoft.com",
    "http://127.0.0.1.example",
    "http://localhost.example",
    "http://10.0.0.1",
    "ftp://graph.microsoft.com",
    "javascript:alert(1)",
    "https://",
    "https://user@graph.microsoft.com",
    "https://user:pw@graph.microsoft.com",
    "https://graph.microsoft.com/?a=b",
    "https://graph.microsoft.com/?",
    "https://graph.microsoft.com/#",
  ])("BaseUrl: not %j", (value) => expectMistake({ [`${GRAPH}__BaseUrl`]: value }, `${GRAPH}__BaseUrl`, BASE_URL));

  it.each([
    ["https://API.example:8443/a/b/", "https://api.example:8443", "/a/b"],
    ["https://api.example:443", "https://api.example", ""],
    ["http://localhost:7072/api", "http://localhost:7072", "/api"],
    ["http://127.0.0.1:1", "http://127.0.0.1:1", ""],
    ["http://[::1]:1/x", "http://[::1]:1", "/x"],
    ["https://api.example/a/../b", "https://api.example", "/b"],
  ])("BaseUrl: %s", (value, origin, basePath) => {
    expect(load({ [`${GRAPH}__BaseUrl`]: value }).downstreamApis.graph).toMatchObject({ origin, basePath });
  });

  it("Instance and KeyVaultUrl are URLs of the same kind", () => {
    const instance = "the sign-in endpoint, like https://login.microsoftonline.com/";
    expectMistake({ AzureAd__Instance: "http://login.example" }, "AzureAd__Instance", instance);
    const vault = { [`${CREDENTIAL}__SourceType`]: "KeyVault", [`${CREDENTIAL}__ClientSecret`]: undefined };
    expectMistake(
      { ...vault, [`${CREDENTIAL}__KeyVaultUrl`]: "contoso", [`${CREDENTIAL}__KeyVaultCertificateName`]: "x" },
      `${CREDENTIAL}__KeyVaultUrl`,
      "the vault's URL, like https://contoso.vault.azure.net",
    );
  });

  it.each(["0", "0.09", "60.1", "-1", "1e1", "0x10", "5s", "1,5", ".5", "Infinity", "NaN", " "])(
    "seconds: not %j",
    (value) =>
      expectMistake(
        { AzureAd__RequestTimeoutSeconds: value },
        "AzureAd__RequestTimeoutSeconds",
        "a number of seconds from 0.1 to 60",
      ),
  );

  it("CredentialPollSeconds: from a second to a day, and shown", () => {
    const setting = "AzureAd__CredentialPollSeconds";
    expect(load({ [setting]: "1" }).azureAd.credentialPollMs).toBe(1_000);
    expect(load({ [setting]: "86400" }).azureAd.credentialPollMs).toBe(86_400_000);
    for (const value of ["0.5", "86401"]) {
      const expected = "a number of seconds from 1 to 86400";
      expect(mistakes({ [setting]: value })).toEqual([{ setting, found: JSON.stringify(value), expected }]);
    }
  });

  it.each([
    ["Connect", "60", "60.1", "a number of seconds from 0.1 to 60"],
    ["Response", "230", "231", "a number of seconds from 0.1 to 230"],
    ["Idle", "230", "230.5", "a number of seconds from 0.1 to 230"],
    ["Total", "290", "290.1", "a number of seconds from 0.1 to 290"],
  ])("%sTimeoutSeconds: at most %s s", (which, most, more, expected) => {
    const setting = `${GRAPH}__${which}TimeoutSeconds`;
    const member = `${which.toLowerCase()}TimeoutMs`;
    expect(load({ [setting]: most }).downstreamApis.graph).toMatchObject({ [member]: Number(most) * 1_000 });
    expect(load({ [setting]: "0.1" }).downstreamApis.graph).toMatchObject({ [member]: 100 });
    expectMistake({ [setting]: more }, setting, expected);
  });

  it.each(["yes", "1", "on", "constructor", "__proto__", " "])("true or false: not %j", (value) => {
    const path = { [`${CREDENTIAL}__SourceType`]: "Path", [`${CREDENTIAL}__CertificateDiskPath`]: "a.pem" };
    const changes = { ...path, [`${CREDENTIAL}__ClientSecret`]: undefined, [`${CREDENTIAL}__SendX5C`]: value };
    expectMistake(changes, `${CREDENTIAL}__SendX5C`, "true or false");
  });
});

describe("the rules between settings", () => {
  it("tenants are listed only where the app is one of several tenants", () => {
    const expected = "nothing while AzureAd__TenantId names a single tenant; set that to organizations to list several";
    expectMistake({ AzureAd__AllowedTenants: OTHER_TENANT }, "AzureAd__AllowedTenants", expected);
    for (const TenantId of ["organizations", "common"]) {
      expect(mistakes({ AzureAd__TenantId: TenantId, AzureAd__AllowedTenants: OTHER_TENANT })).toEqual([]);
    }
  });

  it("the gateway's tenant is AzureAd__TenantId where that is one, and must be named where it is not", () => {
    const entra = { Gateway__Authentication: "entra", Gateway__AllowedPrincipals: CLIENT_ID };
    expect(load(entra).gateway.tenantId).toBe(TENANT);
    expect(load({ ...entra, Gateway__TenantId: OTHER_TENANT.toUpperCase() }).gateway.tenantId).toBe(OTHER_TENANT);
    for (const TenantId of ["organizations", "common"]) {
      const several = { ...entra, AzureAd__TenantId: TenantId };
      expectMistake(
        several,
        "Gateway__TenantId",
        "the gateway's tenant (GUID): AzureAd__TenantId names none, and Gateway__Authentication is entra",
      );
      expectMistake(
        { ...several, Gateway__TenantId: TenantId },
        "Gateway__TenantId",
        "the id (GUID) of the tenant that issues the gateway's token",
      );
      // A listed tenant of users is no substitute, not even a single one.
      expect(mistakes({ ...several, AzureAd__AllowedTenants: TENANT }).map(({ setting }) => setting)).toEqual([
        "Gateway__TenantId",
      ]);
      const { azureAd, gateway } = load({
        ...several,
        AzureAd__AllowedTenants: OTHER_TENANT,
        Gateway__TenantId: TENANT,
      });
      expect([azureAd.allowedTenants, gateway.tenantId]).toEqual([[OTHER_TENANT], TENANT]);
      expect(mistakes({ AzureAd__TenantId: TenantId })).toEqual([]);
    }
  });

  it("and that is said beside other mistakes", () => {
    const changes = { AzureAd__ClientId: "x", AzureAd__AllowedTenants: OTHER_TENANT };
    expect(mistakes(changes).map(({ setting }) => setting)).toEqual(["AzureAd__ClientId", "AzureAd__AllowedTenants"]);
  });

  it.each(["Magic", "clientsecret", "SignedAssertionFromFilePath", ""])(
    "a credential is of a kind we know, not %j",
    (kind) => expectMistake({ [`${CREDENTIAL}__SourceType`]: kind }, `${CREDENTIAL}__SourceType`, KINDS),
  );

  it("a credential is complete, and has nothing of another kind", () => {
    expect(mistakes({ [`${CREDENTIAL}__SourceType`]: "KeyVault" })).toMatchObject([
      { setting: `${CREDENTIAL}__KeyVaultUrl`, found: "nothing" },
      { setting: `${CREDENTIAL}__KeyVaultCertificateName`, found: "nothing" },
      { setting: `${CREDENTIAL}__ClientSecret`, expected: "no setting of that name" },
    ]);
  });

  it.each([
    { ClientSecret: undefined },
    { KeyVaultUrl: "https://contoso.vault.azure.net" },
    { KeyVaultSecretName: "gateway" },
    { ClientSecret: undefined, KeyVaultUrl: "https://contoso.vault.azure.net" },
    { ClientSecret: undefined, KeyVaultSecretName: "gateway" },
    { KeyVaultUrl: "https://contoso.vault.azure.net", KeyVaultSecretName: "gateway" },
  ])("a client secret stands here or in a vault: not %j", (settings) => {
    const changes = Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [`${CREDENTIAL}__${name}`, value]),
    );
    expectMistake(changes, `${CREDENTIAL}__ClientSecret`, EITHER_SECRET);
  });

  it("a managed identity is named, for Entra ID trusts no system-assigned one, and an audience is a URI", () => {
    const changes = {
      [`${CREDENTIAL}__SourceType`]: "SignedAssertionFromManagedIdentity",
      [`${CREDENTIAL}__ClientSecret`]: undefined,
      [`${CREDENTIAL}__TokenExchangeUrl`]: "AzureADTokenExchange",
    };
    expect(mistakes(changes)).toEqual([
      {
        setting: `${CREDENTIAL}__ManagedIdentityClientId`,
        found: "nothing",
        expected: "the client id (GUID) of a user-assigned managed identity",
      },
      {
        setting: `${CREDENTIAL}__TokenExchangeUrl`,
        found: '"AzureADTokenExchange"',
        expected: "the audience of the federated credential, like api://AzureADTokenExchange",
      },
    ]);
  });

  it.each([
    ["https://login.microsoftonline.us", "https://contoso.vault.azure.net/", "US Government", "the public cloud"],
    ["https://login.partner.microsoftonline.cn", "https://contoso.vault.usgovcloudapi.net/", "China", "US Government"],
    ["https://login.microsoftonline.com", "https://contoso.vault.azure.cn/", "the public cloud", "China"],
  ])("a vault is of the cloud of the instance: %s, %s", (instance, vault, cloud, other) => {
    const settings = {
      AzureAd__Instance: instance,
      [`${CREDENTIAL}__SourceType`]: "KeyVault",
      [`${CREDENTIAL}__ClientSecret`]: undefined,
      [`${CREDENTIAL}__KeyVaultCertificateName`]: "gateway",
    };
    expect(mistakes({ ...settings, [`${CREDENTIAL}__KeyVaultUrl`]: vault })).toEqual([
      {
        setting: `${CREDENTIAL}__KeyVaultUrl`,
        found: JSON.stringify(vault),
        expected: `a vault of ${cloud}, where AzureAd__Instance is; this one is of ${other}`,
      },
    ]);
    expect(mistakes({ ...settings, [`${CREDENTIAL}__KeyVaultUrl`]: "https://localhost:8443" })).toEqual([]);
  });

  it.each(["-x", ".x", "_x", "a b", "a/b", "caf\u00e9", "a%2fb", "x".repeat(65)])("an API is not named %j", (name) => {
    const changes = {
      [`DownstreamApis__${name}__BaseUrl`]: "https://x.example",
      [`DownstreamApis__${name}__Scopes`]: "s",
    };
    expectMistake(changes, `DownstreamApis__${name}`, API_NAME);
  });

  it("an API is not named __proto__, nor by nothing", () => {
    expectMistake({ DownstreamApis____proto____BaseUrl: "https://x.example" }, "DownstreamApis__", API_NAME);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("BaseUrl");
  });

  it("an API is more than a value", () => {
    const expected = "settings below it: __BaseUrl and __Scopes";
    expectMistake({ DownstreamApis__crm: "https://x.example" }, "DownstreamApis__crm", expected);
  });
});
