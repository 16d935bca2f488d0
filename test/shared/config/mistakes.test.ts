import { describe, expect, it } from "vitest";
import { InvalidSettingsError } from "../../../shared/config/settingTree.ts";
import { HIDDEN, load, mistakes, mistakesOf, OTHER_TENANT } from "./environment.ts";

const ONCE = "each setting once, and a value either in itself or in settings below it";
const NUMBERED = "values numbered __0, __1, ... without a gap, or one text with spaces between them";
const CREDENTIAL = "AzureAd__ClientCredentials__0";

describe("mistakes in the settings", () => {
  it("are all listed at once, each with its setting, what was found and what is expected", () => {
    const changes = {
      AzureAd__TenantId: "contoso.com",
      AzureAd__ClientId: undefined,
      AzureAd__TennantId: "x",
      AzureAd__ClientCredentials__0__ClientSecret: undefined,
      AzureAd__RequestTimeoutSeconds: "forever",
      DownstreamApis__graph__BaseUrl: "http://graph.example",
      DownstreamApis__crm__BaseUrl: "https://crm.example",
    };
    expect(() => load(changes)).toThrow(InvalidSettingsError);
    expect(() => load(changes)).toThrow(
      [
        "7 settings are wrong:",
        '  AzureAd__TenantId: found "contoso.com", expected the tenant\'s id (GUID), or organizations for users of several tenants',
        "  AzureAd__ClientId: found nothing, expected the client id (GUID) of the gateway's app registration",
        "  AzureAd__ClientCredentials__0__ClientSecret: found nothing, expected either the client secret's value (not its id), or __KeyVaultUrl and __KeyVaultSecretName",
        '  AzureAd__RequestTimeoutSeconds: found "forever", expected a number of seconds from 0.1 to 60',
        "  AzureAd__TennantId: found [redacted], expected no setting of that name; did you mean AzureAd__TenantId?",
        '  DownstreamApis__graph__BaseUrl: found "http://graph.example", expected the API\'s base URL (https), without query or fragment',
        "  DownstreamApis__crm__Scopes: found nothing, expected at least one scope of this API, like https://graph.microsoft.com/User.Read, and numbers without a gap",
      ].join("\n"),
    );
  });

  it("are four where there is no setting at all", () => {
    expect(mistakesOf({}).map(({ setting, found }) => [setting, found])).toEqual([
      ["AzureAd__TenantId", "nothing"],
      ["AzureAd__ClientId", "nothing"],
      ["AzureAd__ClientCredentials", "nothing"],
      ["DownstreamApis", "nothing"],
    ]);
  });

  it("are counted in plain English", () => {
    expect(() => load({ AzureAd__ClientId: "x" })).toThrow(/^1 setting is wrong:\n {2}AzureAd__ClientId: /);
  });

  it.each([
    ["AzureAd__ClientCapabilities__1", "AzureAd__ClientCapabilities", "settings below it (1)", NUMBERED],
    ["AzureAd__AllowedClientApplications__x", "AzureAd__AllowedClientApplications", "settings below it (x)", NUMBERED],
    ["AzureAd__Scopes__00", "AzureAd__Scopes", "settings below it (00)", NUMBERED],
    ["AzureAd__Audience__0", "AzureAd__Audience", "settings below it (0)", expect.stringContaining("an audience")],
    [
      "AzureAd__ClientCredentials__2__SourceType",
      "AzureAd__ClientCredentials",
      "settings below it (0, 2)",
      "at least AzureAd__ClientCredentials__0__SourceType, and numbers without a gap",
    ],
  ])("of numbering: %s", (name, setting, found, expected) => {
    expect(mistakes({ [name]: OTHER_TENANT })).toEqual([{ setting, found, expected }]);
  });

  it("of numbering: an entry that is empty is refused, whatever follows it", () => {
    const numbered = { DownstreamApis__graph__Scopes__0: "", DownstreamApis__graph__Scopes__1: "b" };
    expect(mistakes({ DownstreamApis__graph__Scopes: undefined, ...numbered })).toEqual([
      {
        setting: "DownstreamApis__graph__Scopes__0",
        found: '""',
        expected: "a scope",
      },
    ]);
  });

  it("in one of several values name that value, numbered or not", () => {
    const expected = "a tenant's id (GUID)";
    const several = { AzureAd__TenantId: "organizations" };
    expect(mistakes({ ...several, AzureAd__AllowedTenants: `${OTHER_TENANT} one two` })).toEqual([
      { setting: "AzureAd__AllowedTenants", found: '"one"', expected },
      { setting: "AzureAd__AllowedTenants", found: '"two"', expected },
    ]);
    expect(mistakes({ ...several, AzureAd__AllowedTenants__0: "one" })).toEqual([
      { setting: "AzureAd__AllowedTenants__0", found: '"one"', expected },
    ]);
  });

  it.each([
    ["azuread__CLIENTID", '"again"'],
    ["AzureAd__ClientId__0", '"again"'],
    ["AzureAd__CLIENTCREDENTIALS__0__CLIENTSECRET", HIDDEN],
    ["AzureAd__ClientCredentials__0__ClientSecret__0", HIDDEN],
    ["AzureAd__ClientCredentials__0", HIDDEN],
    ["AzureAd__ClientCredentials", HIDDEN],
    ["DownstreamApis__graph", HIDDEN],
    ["DownstreamApis__graph__baseurl", '"again"'],
  ])("of saying a thing twice: %s", (setting, found) => {
    expect(mistakes({ [setting]: "again" })).toEqual([{ setting, found, expected: ONCE }]);
  });

  it("are found on either side of a value that has settings below it, whichever comes first", () => {
    const below = { AzureAd__Scopes__0: "a" };
    expect(mistakes({ AzureAd__Scopes: "b", ...below })).toMatchObject([{ setting: "AzureAd__Scopes__0" }]);
    expect(mistakes({ ...below, AzureAd__Scopes: "b" })).toMatchObject([{ setting: "AzureAd__Scopes" }]);
  });

  it.each([
    [`${CREDENTIAL}__ClientSecrt`, `${CREDENTIAL}__ClientSecret`],
    ["AzureAd__tennantid", "AzureAd__TenantId"],
    ["AzureAd__ClientSecret", `${CREDENTIAL}__ClientSecret`],
    ["AzureAd__KeyVaultUrl", `${CREDENTIAL}__KeyVaultUrl`],
    ["AzureAd__BaseUrl", "DownstreamApis__<name>__BaseUrl"],
    ["DownstreamApis__graph__BaseUri", "DownstreamApis__graph__BaseUrl"],
    ["DownstreamApis__my_api__TenantId", "AzureAd__TenantId"],
  ])("of names: %s was meant to be %s", (name, suggested) => {
    const [api = ""] = /^DownstreamApis__my_api/.exec(name) ?? [];
    const complete = api === "" ? {} : { [`${api}__BaseUrl`]: "https://x.example", [`${api}__Scopes`]: "s" };
    expect(mistakes({ ...complete, [name]: "x" })).toEqual([
      {
        setting: name,
        found: expect.any(String),
        expected: `no setting of that name; did you mean ${suggested}?`,
      },
    ]);
  });

  it.each(["AzureAd__Authority", "DownstreamApis__graph__HttpMethod", "AzureAd__", `${CREDENTIAL}__ContainsNothing`])(
    "of names: %s is like none",
    (setting) => {
      const expected = "no setting of that name";
      expect(mistakes({ [setting]: "x" })).toEqual([{ setting, found: HIDDEN, expected }]);
    },
  );

  it("never show what may be a secret", () => {
    const secret = "p@55-w0rd";
    const names = [
      "ClientSecret__x",
      "ClientSercet",
      "CertificatePassword",
      "CertificatePasword",
      "Base64EncodedValue",
    ];
    const credential = names.map((name) => [`${CREDENTIAL}__${name}`, secret]);
    const found = mistakes({
      ...Object.fromEntries(credential),
      AzureAd__ClientSecret: secret,
      AzureAd__ClientCredentials__1: secret,
      AzureAd__ApiKey: secret,
      DownstreamApis__crm: secret,
      DownstreamApis__a__BaseUrl: `https://user:${secret}@a.example/x`,
      DownstreamApis__b__BaseUrl: `https://b.example/x?code=${secret}&more`,
    });
    expect(found.length).toBeGreaterThan(9);
    expect(JSON.stringify(found)).not.toContain(secret);
    expect(JSON.stringify(found)).toContain("https://[redacted]@a.example/x");
    expect(JSON.stringify(found)).toContain("https://b.example/x?[redacted]");
  });

  it("show a long value shortened", () => {
    const [mistake] = mistakes({ AzureAd__ClientId: "x".repeat(5_000) });
    expect(mistake?.found).toBe(`"${"x".repeat(120)}"...`);
  });
});
