import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { Environment } from "./environment.ts";
import { HIDDEN, load, mistakes } from "./environment.ts";

const GRAPH = "DownstreamApis__graph";
const NUMBERED = "values numbered __0, __1, ... without a gap, or one text with spaces between them";
const PREFIX =
  "a path below the base URL like /me/messages, without query, empty or dot segments, patterns or needless encoding";
const METHOD = "one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const ENTRIES = "entries numbered __0, __1, ... without a gap, each with a __Prefix of its own and __Scopes";
const HEADER_NAME =
  "a header's name, once, and none that the gateway or the caller must say (Host, Authorization, Content-*, ...)";
const HEADERS = "settings below it, one per header: __x-api-version, or __x_api_version with _ for -";

/** The settings of the one API, with these. */
function graph(settings: Environment) {
  const named = Object.entries(settings).map(([name, value]) => [`${GRAPH}__${name}`, value]);
  return load(Object.fromEntries(named)).downstreamApis.graph;
}

function graphMistakes(settings: Environment) {
  return mistakes(Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${GRAPH}__${name}`, value])));
}

describe("the rules of a downstream API in the settings", () => {
  it("can all be given", () => {
    expect(
      graph({
        AllowedMethods__0: "get",
        AllowedMethods__1: "POST",
        AllowedPathPrefixes: "/me/ /users/caf%C3%A9 /",
        MaxRequestBodyBytes: "0",
        AllowSetCookie: "TRUE",
        AllowSharedCaching: "true",
        PassRequestHeaders: "CF-IPCountry x-forwarded-for",
        MaxConnections: "8",
        MaxConcurrentCallsPerUser: "3",
        QueueTimeoutSeconds: "0.25",
      }),
    ).toMatchObject({
      allowedMethods: ["GET", "POST"],
      allowedPathPrefixes: ["/me", "/users/caf%C3%A9", ""],
      maxRequestBodyBytes: 0,
      allowSetCookie: true,
      allowSharedCaching: true,
      passRequestHeaders: ["cf-ipcountry", "x-forwarded-for"],
      maxConnections: 8,
      maxConcurrentCallsPerUser: 3,
      queueTimeoutMs: 250,
    });
  });

  it.each([
    "Authorization",
    "X-Forwarded-Authorization",
    "Cookie",
    "Ocp-Apim-Subscription-Key",
    "X-MS-Client-Principal",
    "X-Obo-Operation",
    "Connection",
    "Host",
    "X-Correlation-Id",
    "Accept",
    "X-Forwarded-*",
    "CF_IPCountry",
  ])("no setting lets the request header %s pass", (name) => {
    expect(graphMistakes({ PassRequestHeaders: name })).toEqual([
      expect.objectContaining({ setting: "DownstreamApis__graph__PassRequestHeaders" }),
    ]);
  });

  it("scopes by prefix come with the longest prefix first, whatever their numbers", () => {
    expect(
      graph({
        ScopesByPrefix__0__Prefix: "/me",
        ScopesByPrefix__0__Scopes: "User.Read offline_access",
        ScopesByPrefix__1__Prefix: "/me/messages/",
        ScopesByPrefix__1__Scopes__0: "Mail.Read",
        scopesbyprefix__2__prefix: "/",
        scopesbyprefix__2__scopes: "Directory.Read.All",
      })?.scopesByPrefix,
    ).toEqual([
      { prefix: "/me/messages", scopes: ["Mail.Read"] },
      { prefix: "/me", scopes: ["User.Read", "offline_access"] },
      { prefix: "", scopes: ["Directory.Read.All"] },
    ]);
  });

  it("extra headers are secrets, and an underscore in a name stands for a dash", () => {
    const extraHeaders = graph({
      "ExtraHeaderParameters__X-Api-Version": " 2024-01-01; q=1 ",
      ExtraHeaderParameters__Ocp_Apim_Subscription_Key: "hunter2",
    })?.extraHeaders;
    expect(extraHeaders?.map(({ name, value }) => [name, value.reveal()])).toEqual([
      ["x-api-version", "2024-01-01; q=1"],
      ["ocp-apim-subscription-key", "hunter2"],
    ]);
    expect(`${inspect(extraHeaders, { depth: 9 })}${JSON.stringify(extraHeaders)}`).not.toContain("hunter2");
  });

  it("are all wrong at once where they are all wrong", () => {
    expect(
      graphMistakes({
        AllowedMethods: "GET FETCH",
        AllowedPathPrefixes: "me",
        MaxRequestBodyBytes: "-1",
        AllowSetCookie: "yes",
        MaxConnections: "0",
        MaxConcurrentCallsPerUser: "0",
        QueueTimeoutSeconds: "0",
        ExtraHeaderParameters__Host: "graph",
        ScopesByPrefix__0__Prefix: "/me",
      }),
    ).toMatchObject([
      { setting: `${GRAPH}__ScopesByPrefix__0__Scopes`, found: "nothing" },
      { setting: `${GRAPH}__AllowedMethods`, found: '"FETCH"', expected: METHOD },
      { setting: `${GRAPH}__AllowedPathPrefixes`, found: '"me"', expected: PREFIX },
      { setting: `${GRAPH}__ExtraHeaderParameters__Host`, found: HIDDEN, expected: HEADER_NAME },
      { setting: `${GRAPH}__MaxRequestBodyBytes`, expected: "a whole number from 0 to 1099511627776" },
      { setting: `${GRAPH}__AllowSetCookie`, expected: "true or false" },
      { setting: `${GRAPH}__MaxConnections`, expected: "a whole number from 1 to 65535" },
      { setting: `${GRAPH}__MaxConcurrentCallsPerUser`, expected: "a whole number from 1 to 65535" },
      { setting: `${GRAPH}__QueueTimeoutSeconds`, expected: "a number of seconds from 0.1 to 60" },
    ]);
  });

  it.each([
    ["1", 1],
    ["8", 1],
    ["9", 2],
    ["256", 32],
    ["65535", 8_192],
  ])("of %s connections one user gets %i, unless told", (MaxConnections, calls) => {
    expect(graph({ MaxConnections })?.maxConcurrentCallsPerUser).toBe(calls);
  });

  it("one user may have all connections, and no more", () => {
    expect(graph({ MaxConcurrentCallsPerUser: "256" })?.maxConcurrentCallsPerUser).toBe(256);
    expect(graphMistakes({ MaxConcurrentCallsPerUser: "257" })).toMatchObject([
      {
        setting: `${GRAPH}__MaxConcurrentCallsPerUser`,
        found: '"257"',
        expected: "at most MaxConnections, which is 256",
      },
    ]);
  });

  it.each([
    "me",
    "/me*",
    "/me/*",
    "/me/{id}",
    "/m%65",
    "/me/%2e%2e",
    "//me",
    "/me//x",
    "/me/..",
    "/./me",
    "/me?x",
    "/me#x",
    "/me\\x",
    "/%zz",
    "/m\u00e9",
    "/me/../x",
  ])("AllowedPathPrefixes: not %j", (value) => {
    expect(graphMistakes({ AllowedPathPrefixes__0: value })).toMatchObject([{ expected: PREFIX }]);
    const entry = { ScopesByPrefix__0__Prefix: value, ScopesByPrefix__0__Scopes: "x" };
    expect(graphMistakes(entry)).toMatchObject([{ setting: `${GRAPH}__ScopesByPrefix__0__Prefix`, expected: PREFIX }]);
  });

  it.each([
    [{ ScopesByPrefix__1__Prefix: "/me", ScopesByPrefix__1__Scopes: "x" }],
    [{ ScopesByPrefix: "/me" }],
    [
      {
        ScopesByPrefix__0__Prefix: "/me",
        ScopesByPrefix__0__Scopes: "x",
        ScopesByPrefix__1__Prefix: "/me/",
        ScopesByPrefix__1__Scopes: "y",
      },
    ],
  ])("ScopesByPrefix: not %j", (settings) => {
    expect(graphMistakes(settings)).toMatchObject([{ setting: `${GRAPH}__ScopesByPrefix`, expected: ENTRIES }]);
  });

  it.each(
    "Host Authorization Content-Length Content_Type Transfer-Encoding Connection Cookie Expect TE traceparent X-Correlation-Id b@d".split(
      " ",
    ),
  )("ExtraHeaderParameters: not %s", (name) => {
    expect(graphMistakes({ [`ExtraHeaderParameters__${name}`]: "hunter2" })).toEqual([
      { setting: `${GRAPH}__ExtraHeaderParameters__${name}`, found: HIDDEN, expected: HEADER_NAME },
    ]);
  });

  it("ExtraHeaderParameters: not the same name twice, in whatever spelling", () => {
    const twice = { "ExtraHeaderParameters__X-Key": "hunter2", ExtraHeaderParameters__x_key: "hunter3" };
    expect(graphMistakes(twice)).toEqual([
      { setting: `${GRAPH}__ExtraHeaderParameters__x_key`, found: HIDDEN, expected: HEADER_NAME },
    ]);
  });

  it("ExtraHeaderParameters: no reference that the platform could not read, which would go out as the key", () => {
    for (const reference of ["@Microsoft.KeyVault(SecretUri=https://v/secrets/s)", "@microsoft.appconfiguration(x)"]) {
      expect(graphMistakes({ "ExtraHeaderParameters__x-key": reference })).toEqual([
        {
          setting: `${GRAPH}__ExtraHeaderParameters__x-key`,
          found: HIDDEN,
          expected: expect.stringContaining("the platform could not read this reference"),
        },
      ]);
    }
    expect(graph({ "ExtraHeaderParameters__x-key": "see @Microsoft.KeyVault(" })?.extraHeaders).toHaveLength(1);
  });

  it.each(["a\r\nHost: x", "caf\u00e9", " "])("ExtraHeaderParameters: no value %j", (value) => {
    expect(graphMistakes({ "ExtraHeaderParameters__x-key": value })).toEqual([
      { setting: `${GRAPH}__ExtraHeaderParameters__x-key`, found: HIDDEN, expected: "a header's value: visible ASCII" },
    ]);
  });

  it("ExtraHeaderParameters: not one text, which is not shown either", () => {
    expect(graphMistakes({ ExtraHeaderParameters: "x-key: hunter2" })).toEqual([
      { setting: `${GRAPH}__ExtraHeaderParameters`, found: HIDDEN, expected: HEADERS },
    ]);
  });

  it.each([
    ["AllowedMethod", `${GRAPH}__AllowedMethods`],
    ["AllowedPathPrefix__0", `${GRAPH}__AllowedPathPrefixes`],
    ["MaxRequestBodySize", undefined],
    ["ExtraHeaderParameter__x", `${GRAPH}__ExtraHeaderParameters`],
    ["MaxConnection", `${GRAPH}__MaxConnections`],
  ])("%s is no setting", (name, suggestion) => {
    const hint = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
    expect(graphMistakes({ [name]: "x" })).toMatchObject([{ expected: `no setting of that name${hint}` }]);
  });

  it("ScopesByPrefix__0__Prefixes is no setting", () => {
    const [mistake] = graphMistakes({
      ScopesByPrefix__0__Prefix: "/me",
      ScopesByPrefix__0__Scopes: "x",
      ScopesByPrefix__0__Prefixes: "/me",
    });
    expect(mistake?.expected).toBe(`no setting of that name; did you mean ${GRAPH}__ScopesByPrefix__0__Prefix?`);
  });

  it("AllowedMethods are numbered like all lists", () => {
    expect(graphMistakes({ AllowedMethods__1: "GET" })).toMatchObject([{ expected: NUMBERED }]);
  });

  it("RequestAppToken takes one scope, /.default of one API", () => {
    const scopes = "api://reports/.default";
    expect(graph({ RequestAppToken: "true", Scopes: scopes })).toMatchObject({
      requestAppToken: true,
      scopes: [scopes],
    });
    // Microsoft, "Scopes and permissions: trailing slash and .default".
    const doubled = "https://management.azure.com//.default";
    expect(graph({ RequestAppToken: "true", Scopes: doubled })?.scopes).toEqual([doubled]);
    expect(graph({ RequestAppToken: "false", Scopes: "a b" })).toMatchObject({ requestAppToken: false });
  });

  it.each(["User.Read", "api://reports", "/.default", "api://reports/.default api://other/.default", "//.default"])(
    "RequestAppToken: not with Scopes %j",
    (scopes) => {
      expect(graphMistakes({ RequestAppToken: "true", Scopes: scopes })).toMatchObject([
        { setting: `${GRAPH}__Scopes`, expected: expect.stringContaining("exactly one scope") },
      ]);
    },
  );

  it("RequestAppToken: not with ScopesByPrefix, and both mistakes at once", () => {
    expect(
      graphMistakes({
        RequestAppToken: "true",
        Scopes: "User.Read",
        ScopesByPrefix__0__Prefix: "/me",
        ScopesByPrefix__0__Scopes: "api://reports/.default",
      }),
    ).toMatchObject([
      { setting: `${GRAPH}__Scopes` },
      { setting: `${GRAPH}__ScopesByPrefix`, expected: expect.stringMatching(/^nothing with RequestAppToken/) },
    ]);
  });

  it("CircuitBreaker needs a number of failures, and pauses for half a minute unless told", () => {
    expect(graph({ CircuitBreaker__Failures: "5" })?.circuitBreaker).toEqual({ failures: 5, pauseMs: 30_000 });
    const both = { CircuitBreaker__Failures: "1", circuitbreaker__pauseseconds: "1.5" };
    expect(graph(both)?.circuitBreaker).toEqual({ failures: 1, pauseMs: 1_500 });
    expect(graph({ RetryConnectionFailures: "true" })).toMatchObject({ retryConnectionFailures: true });
  });

  it.each<[Environment, string, string]>([
    [{ CircuitBreaker__PauseSeconds: "5" }, "CircuitBreaker__Failures", "a whole number from 1 to 10000"],
    [{ CircuitBreaker__Failures: "0" }, "CircuitBreaker__Failures", "a whole number from 1 to 10000"],
    [{ CircuitBreaker: "5" }, "CircuitBreaker", "settings below it: __Failures, and perhaps __PauseSeconds"],
    [
      { CircuitBreaker__Failures: "1", CircuitBreaker__PauseSeconds: "0" },
      "CircuitBreaker__PauseSeconds",
      "a number of seconds from 1 to 3600",
    ],
    [
      { CircuitBreaker__Failures: "1", CircuitBreaker__PauseSecond: "5" },
      "CircuitBreaker__PauseSecond",
      `no setting of that name; did you mean ${GRAPH}__CircuitBreaker__PauseSeconds?`,
    ],
  ])("CircuitBreaker: not %j", (settings, setting, expected) => {
    expect(graphMistakes(settings)).toMatchObject([{ setting: `${GRAPH}__${setting}`, expected }]);
  });
});
