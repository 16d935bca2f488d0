import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Value, Values } from "./bicep/value.ts";
import { COMPILER, predicted } from "./support/compiler.ts";
import { CLIENT_ID, deployed, GRAPH, INFRA } from "./support/deployments.ts";

const ofApi =
  (property: string) =>
  (items: Value): Values => ({ downstreamApis: [{ ...GRAPH, [property]: items }] });
const ofMain =
  (parameter: string) =>
  (items: Value): Values => ({ [parameter]: items });

/** Every list of main.bicep and of a downstream API, as the message names it, with an item that it takes. */
const LISTS: readonly (readonly [name: string, params: (items: Value) => Values, valid: string])[] = [
  ["allowedTenants", (items) => ({ tenantId: "organizations", allowedTenants: items }), CLIENT_ID],
  ["clientApplications", ofMain("clientApplications"), CLIENT_ID],
  ["clientCapabilities", ofMain("clientCapabilities"), "cp1"],
  ["corsOrigins", ofMain("corsOrigins"), "https://app.example"],
  ["alertEmails", ofMain("alertEmails"), "a@example.com"],
  ["tokenCacheKeys", ofMain("tokenCacheKeys"), "token-cache-1"],
  ["scopes of graph", ofApi("scopes"), "https://graph.microsoft.com/User.Read"],
  ["allowedMethods of graph", ofApi("allowedMethods"), "GET"],
  ["allowedPathPrefixes of graph", ofApi("allowedPathPrefixes"), "/me"],
  ["passRequestHeaders of graph", ofApi("passRequestHeaders"), "CF-Ray"],
  [
    "scopesByPrefix of graph",
    (items) => ofApi("scopesByPrefix")([{ prefix: "/me", scopes: items }]),
    "https://graph.microsoft.com/Mail.Read",
  ],
];
const BLANKS = ["", " ", "\t", " \t ", "  ".repeat(18)];

describe("a list with a blank item", () => {
  it.each(LISTS)("is refused by its name, alone or beside a value: %s", (name, params, valid) => {
    expect(() => deployed(params([valid]))).not.toThrow();
    for (const blank of BLANKS) {
      for (const items of [[blank], [valid, blank]]) {
        expect(() => deployed(params(items)), JSON.stringify(items)).toThrow(`${name}: an item is blank`);
      }
    }
    expect(() => deployed(params([`${valid} ${valid}`]))).toThrow(`${name}: an item is blank, or has a blank in it`);
  });

  it.each([
    ["scope", { scope: " " }],
    ["scopesByPrefix of graph", ofApi("scopesByPrefix")([{ prefix: " ", scopes: ["api://a/b"] }])],
  ])("is refused also where it is a single value: %s", (name, params) => {
    expect(() => deployed(params)).toThrow(`${name}: an item is blank`);
  });

  it("is refused for every list of text that the deployment takes", () => {
    const read = (file: string) => readFileSync(join(INFRA, file), "utf8");
    const parameters = [
      ...read("main.bicep").matchAll(/^param (\w+) (?!DownstreamApi|ClientCredential|FunctionAppLog)\w+\[\]/gm),
    ];
    const [, api = ""] = /^type DownstreamApi = \{\n([\s\S]*?)^\}/m.exec(read("modules/types.bicep")) ?? [];
    const properties = [...api.matchAll(/^ {2}(\w+): (?!ExtraHeader)\w+\[\]\??$/gm)];
    const names = [...parameters.map(([, name]) => name), ...properties.map(([, name]) => `${name} of graph`)];
    expect(names.sort()).toEqual(LISTS.map(([name]) => name).sort());
  });
});

/** One deployment with every list but the verbs, whose type has no blanks; `item` makes the one item of each. */
const everyList = (item: (valid: string) => string): Values => {
  const ofOne = (of: string) => LISTS.filter(([name]) => name === of).map(([, , valid]) => item(valid));
  const api = (property: string) => ({ [property]: ofOne(`${property} of graph`) });
  const parameters = LISTS.map(([name]) => name).filter((name) => !name.includes(" "));
  const scopesByPrefix = [{ prefix: "/me", scopes: ofOne("scopesByPrefix of graph") }];
  return {
    tenantId: "organizations",
    ...Object.fromEntries(parameters.map((name) => [name, ofOne(name)])),
    downstreamApis: [
      { ...GRAPH, ...api("scopes"), ...api("allowedPathPrefixes"), ...api("passRequestHeaders"), scopesByPrefix },
    ],
  };
};

describe.skipIf(COMPILER === undefined)("a list with a blank item, in the compiled template", () => {
  it("is refused by its name, and a list with values is not", () => {
    expect(() => predicted(everyList((valid) => valid))).not.toThrow();
    const names = LISTS.map(([name]) => name).filter((name) => !name.startsWith("allowedMethods"));
    expect(() => predicted(everyList((valid) => " ".repeat(valid.length)))).toThrow(
      `${names.join(", ")}: an item is blank`,
    );
  });

  it("is refused by its type where the item is empty, one error for each", () => {
    const refusals = (params: Values): string[] => {
      try {
        predicted(params);
      } catch (error) {
        return [...String(error).matchAll(/Error (BCP\d+)/g)].map(([, code = ""]) => code);
      }
      return [];
    };
    expect(refusals(everyList(() => ""))).toEqual(LISTS.slice(1).map(() => "BCP333"));
    expect(refusals(ofApi("allowedMethods")([" "]))).toEqual(["BCP034"]);
  });
});
