import { describe, expect, it } from "vitest";
import { CLIENT_ID, load, mistakes } from "./environment.ts";

const ENTRA = { Gateway__Authentication: "entra", Gateway__AllowedPrincipals: CLIENT_ID };
const CRM = { DownstreamApis__crm__BaseUrl: "https://crm.example", DownstreamApis__crm__Scopes: "api://crm/Read" };
const known = (names: string) => `the name of an API below DownstreamApis, in its exact spelling (${names})`;

describe("Gateway__AuthorizationApis", () => {
  it("lists no API unless it is set", () => {
    expect(load(ENTRA).gateway.authorizationApis).toEqual([]);
    expect(load({ ...ENTRA, Gateway__AuthorizationApis: "" }).gateway.authorizationApis).toEqual([]);
  });

  it("lists APIs in one text or numbered", () => {
    expect(load({ ...ENTRA, ...CRM, Gateway__AuthorizationApis: " crm  graph " }).gateway.authorizationApis).toEqual([
      "crm",
      "graph",
    ]);
    const numbered = { Gateway__AuthorizationApis__0: "graph", Gateway__AuthorizationApis__1: "crm" };
    expect(load({ ...ENTRA, ...CRM, ...numbered }).gateway.authorizationApis).toEqual(["graph", "crm"]);
  });

  it.each(["Graph", "grap", "constructor", "__proto__", "graph/x", "https://graph.microsoft.com"])(
    "refuses %j, which is no API's exact name, and tells the known ones",
    (name) => {
      expect(mistakes({ ...ENTRA, ...CRM, Gateway__AuthorizationApis: `crm ${name}` })).toEqual([
        { setting: "Gateway__AuthorizationApis", found: JSON.stringify(name), expected: known("graph, crm") },
      ]);
    },
  );

  it("refuses a name beside other mistakes, which are listed with it", () => {
    const wrong = { Gateway__AuthorizationApis__0: "x", AzureAd__TenantId: "x" };
    expect(mistakes({ ...ENTRA, ...wrong }).map(({ setting }) => setting)).toEqual([
      "AzureAd__TenantId",
      "Gateway__AuthorizationApis__0",
    ]);
  });

  it.each([{}, { Gateway__Authentication: "none" }])("is refused where no gateway authenticates itself: %j", (mode) => {
    expect(mistakes({ ...mode, Gateway__AuthorizationApis: "graph" })).toEqual([
      {
        setting: "Gateway__AuthorizationApis",
        found: '"graph"',
        expected:
          "nothing without Gateway__Authentication entra: only a gateway that authenticates itself may hold token B",
      },
    ]);
  });
});
