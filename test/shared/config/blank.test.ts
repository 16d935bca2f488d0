import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Environment } from "./environment.ts";
import { CLIENT_ID, mistakes, OTHER_TENANT, TENANT } from "./environment.ts";

const GRAPH = "DownstreamApis__graph";
const BLANK = "at least one value: blank does not mean any. Delete the setting for that";
const ONE_VALUE = expect.stringMatching(/^one value, without spaces, commas, semicolons, quotes and brackets;/);
/** So that nothing but the list itself is wrong. */
const BESIDE: Environment = {
  AzureAd__TenantId: "organizations",
  Gateway__Authentication: "entra",
  Gateway__AllowedPrincipals: CLIENT_ID,
  Gateway__TenantId: TENANT,
};
const PREFIX_ENTRY = { [`${GRAPH}__ScopesByPrefix__0__Prefix`]: "/me" };
/** Every setting that is a list, with two values of it and what it needs beside it. */
const LISTS: readonly (readonly [name: string, values: readonly [string, string], beside?: Environment])[] = [
  ["AzureAd__Audiences", ["api://one", "api://two"]],
  ["AzureAd__Scopes", ["one", "two"]],
  ["AzureAd__AllowedTenants", [TENANT, OTHER_TENANT]],
  ["AzureAd__AllowedClientApplications", [CLIENT_ID, OTHER_TENANT]],
  ["AzureAd__ClientCapabilities", ["cp1", "cp2"]],
  ["Gateway__AllowedPrincipals", [CLIENT_ID, OTHER_TENANT]],
  ["Gateway__AuthorizationApis", ["graph", "graph"]],
  [`${GRAPH}__Scopes`, ["one", "two"]],
  [`${GRAPH}__AllowedMethods`, ["GET", "POST"]],
  [`${GRAPH}__AllowedPathPrefixes`, ["/me", "/users"]],
  [`${GRAPH}__PassRequestHeaders`, ["CF-Ray", "X-Real-IP"]],
  [`${GRAPH}__ScopesByPrefix__0__Scopes`, ["one", "two"], PREFIX_ENTRY],
];
const NAMES = LISTS.map(([name]) => name);
const PAIRS = LISTS.map(([name, [first, second]]) => [name, first, second] as const);

/** What is wrong where a list is set so; its numbers follow its name. */
function listMistakes(name: string, texts: Readonly<Record<string, string>>) {
  const [, , beside = {}] = LISTS.find(([each]) => each === name) ?? [];
  const set = Object.entries(texts).map(([number, text]) => [name + number, text]);
  return mistakes({ ...BESIDE, [`${GRAPH}__Scopes`]: "a", ...beside, [name]: undefined, ...Object.fromEntries(set) });
}

const blankish = fc.string({
  unit: fc.constantFrom(
    " ",
    "\t",
    "\n",
    "\r",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\u3000",
    "\u2028",
    "\v",
    "\u3164",
    "\u2800",
    "\0",
  ),
  minLength: 1,
  maxLength: 6,
});

describe("a list in the settings", () => {
  it.each(PAIRS)("is taken with two values, in one text and numbered: %s", (name, first, second) => {
    expect(listMistakes(name, { "": ` ${first}\t${second}\r\n` })).toEqual([]);
    expect(listMistakes(name, { __0: ` ${first} `, __1: second })).toEqual([]);
  });

  it.each(NAMES)("is refused by name where it is blank, whatever the blank is made of: %s", (name) => {
    const named = fc.property(blankish, (blank) => {
      const found = listMistakes(name, { "": blank });
      expect(found.length).toBeGreaterThan(0);
      for (const { setting } of found) expect(setting).toBe(name);
    });
    fc.assert(named, { numRuns: 200 });
  });

  it.each(NAMES)("is refused where one of its entries is blank or empty, or all are: %s", (name) => {
    const [, [value]] = LISTS.find(([each]) => each === name) ?? ["", [""]];
    const blank = fc.oneof(fc.constant(""), blankish);
    const named = fc.property(blank, blank, (one, other) => {
      for (const texts of [
        { __0: one },
        { __0: one, __1: other },
        { __0: one, __1: value },
        { __0: value, __1: one },
      ]) {
        const found = listMistakes(name, texts);
        expect(found.length).toBeGreaterThan(0);
        for (const { setting } of found) expect(setting).toMatch(new RegExp(`^${name}__[01]$`));
      }
    });
    fc.assert(named, { numRuns: 100 });
  });

  it.each([" ", "\t", "\r\n"])("says why it is refused: %j", (blank) => {
    for (const name of NAMES.filter((each) => !/graph__(?:.*__)?Scopes$/.test(each))) {
      expect(listMistakes(name, { "": blank })).toEqual([
        { setting: name, found: JSON.stringify(blank), expected: BLANK },
      ]);
    }
  });

  it.each(PAIRS)("has no commas, semicolons, quotes or brackets between its values: %s", (name, first, second) => {
    const texts = [`${first},${second}`, `${first}, ${second}`, `${first};${second}`, JSON.stringify([first, second])];
    for (const text of [...texts, JSON.stringify([first])]) {
      expect(listMistakes(name, { "": text })[0], text).toMatchObject({ setting: name, expected: ONE_VALUE });
      expect(listMistakes(name, { __0: text })[0], text).toMatchObject({ setting: `${name}__0`, expected: ONE_VALUE });
    }
    expect(listMistakes(name, { __0: `${first} ${second}` })[0]).toMatchObject({ expected: ONE_VALUE });
  });

  it("of path prefixes may hold commas that separate no paths", () => {
    const site = "/sites/contoso.sharepoint.com,2c712604,2d2244c3/lists";
    expect(listMistakes(`${GRAPH}__AllowedPathPrefixes`, { "": `${site} /me;v=1` })).toEqual([]);
  });

  it.each([
    ["GET\u00a0POST", "U+00A0"],
    ["GET\u200b", "U+200B"],
    ["\ufeffGET", "U+FEFF"],
  ])("names the character that nobody sees: %j", (text, character) => {
    expect(listMistakes(`${GRAPH}__AllowedMethods`, { "": text })).toMatchObject([
      { expected: `one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, without the invisible ${character}` },
    ]);
  });
});

describe("a single setting", () => {
  const CREDENTIAL = "AzureAd__ClientCredentials__0";
  it.each([
    "AzureAd__Instance",
    "AzureAd__TenantId",
    "AzureAd__ClientId",
    "AzureAd__Audience",
    "AzureAd__CredentialPollSeconds",
    "AzureAd__RequestTimeoutSeconds",
    "Gateway__Authentication",
    "TokenCache__MaxEntries",
    "TokenCache__MaxMegabytes",
    "TokenCache__Redis",
    "TokenCache__EncryptionKeys",
    `${CREDENTIAL}__SourceType`,
    `${CREDENTIAL}__ClientSecret`,
    `${CREDENTIAL}__KeyVaultUrl`,
    `${GRAPH}__BaseUrl`,
    `${GRAPH}__RequestAppToken`,
    `${GRAPH}__ScopesByPrefix`,
    `${GRAPH}__ScopesByPrefix__0__Prefix`,
    `${GRAPH}__ExtraHeaderParameters`,
    `${GRAPH}__ExtraHeaderParameters__x`,
    `${GRAPH}__MaxRequestBodyBytes`,
    `${GRAPH}__AllowSetCookie`,
    `${GRAPH}__RetryConnectionFailures`,
    `${GRAPH}__CircuitBreaker`,
    `${GRAPH}__CircuitBreaker__Failures`,
    `${GRAPH}__MaxConnections`,
    `${GRAPH}__TotalTimeoutSeconds`,
  ])("is refused by name where it is blank: %s", (name) => {
    const named = fc.property(blankish, (blank) => {
      // A kind of credential that is blank is known by where it stands.
      const at = name.replace(/__SourceType$/, "");
      expect(mistakes({ [name]: blank }).some(({ setting }) => setting === name || setting.startsWith(at))).toBe(true);
    });
    fc.assert(named, { numRuns: 50 });
  });

  it.each(["\u00a0none", "none\u200b", "\ufeffentra", "en\u00adtra"])("is not what it only looks like: %j", (value) => {
    expect(mistakes({ Gateway__Authentication: value, Gateway__AllowedPrincipals: CLIENT_ID })).toMatchObject([
      {
        setting: "Gateway__Authentication",
        expected: expect.stringMatching(/^none or entra, without the invisible U\+/),
      },
    ]);
  });

  it("is refused with an invisible character in a URL, which a URL's host would lose", () => {
    const [found] = mistakes({ [`${GRAPH}__BaseUrl`]: "https://gra\u200bph.microsoft.com" });
    expect(found?.expected).toMatch(/without the invisible U\+200B$/);
  });

  it("is refused where an audience is several", () => {
    expect(mistakes({ AzureAd__Audience: "api://one,api://two" })).toMatchObject([{ expected: ONE_VALUE }]);
  });
});

describe("a numbered entry of which everything is empty", () => {
  it.each([
    [`${GRAPH}__ScopesByPrefix__0__Prefix`, `${GRAPH}__ScopesByPrefix__0__Scopes`],
    ["AzureAd__ClientCredentials__1__SourceType", "AzureAd__ClientCredentials__1__ClientSecret"],
    ["TokenCache__EncryptionKeys__0__Id", "TokenCache__EncryptionKeys__0__Value"],
  ])("is refused: %s", (name, other) => {
    const at = name.slice(0, name.lastIndexOf("__"));
    const found = mistakes({ [name]: "", [other]: "" });
    expect(found.length).toBeGreaterThan(0);
    for (const { setting } of found) expect(setting.startsWith(at)).toBe(true);
  });

  it("takes an empty setting beside others for not set", () => {
    expect(mistakes({ AzureAd__ClientCredentials__0__ManagedIdentityClientId: "" })).toEqual([]);
  });

  it("is none where the number is an API's name", () => {
    expect(mistakes({ DownstreamApis__7__BaseUrl: "", DownstreamApis__7__AllowedMethods: "" })).toEqual([]);
  });
});
