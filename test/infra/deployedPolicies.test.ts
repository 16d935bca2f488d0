import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONSUMPTION } from "../../scripts/policies.ts";
import type { Deployed } from "./bicep/deployment.ts";
import { text } from "./bicep/value.ts";
import {
  CLIENT_CREDENTIALS,
  DIRECT,
  deployed,
  GRAPH,
  INFRA,
  isBefore,
  LEDGER,
  ofType,
  property,
  VARIANTS,
} from "./support/deployments.ts";

const FRAGMENTS = "Microsoft.ApiManagement/service/policyFragments";
const POLICIES = "Microsoft.ApiManagement/service/apis/policies";
const NAMED_VALUES = "Microsoft.ApiManagement/service/namedValues";

const xml = (resource: Deployed): string => text(property(resource, "value"));
const namesIn = (document: string): string[] =>
  [...document.matchAll(/\{\{([\w-]+)\}\}/g)].map(([, name = ""]) => name);

describe.each(VARIANTS)("the policies of a deployment: %s", (_, params) => {
  const resources = deployed(params);
  const fragments = ofType(resources, FRAGMENTS);
  const documents = [...fragments, ...ofType(resources, POLICIES)];

  it("find every fragment they include, made before them", () => {
    let includes = 0;
    for (const user of documents) {
      for (const [, name] of xml(user).matchAll(/<include-fragment fragment-id="([\w-]+)"/g)) {
        const included = fragments.find((fragment) => fragment.name === name);
        if (included === undefined) expect.fail(`${user.name} includes ${name}, which is not deployed`);
        expect(isBefore(included, user), `${name} before ${user.name}`).toBe(true);
        includes += 1;
      }
    }
    expect(includes).toBeGreaterThan(5);
  });

  it("find every named value they use, made before them; and none is made that nothing uses", () => {
    const defined = ofType(resources, NAMED_VALUES);
    const loggers = ofType(resources, "Microsoft.ApiManagement/service/loggers");
    for (const user of documents) {
      for (const name of namesIn(xml(user))) {
        const value = defined.find((each) => each.name === name);
        if (value === undefined) expect.fail(`${user.name} uses ${name}, which is not deployed`);
        expect(isBefore(value, user), `${name} before ${user.name}`).toBe(true);
      }
    }
    const used = [...documents, ...loggers].flatMap((user) => namesIn(JSON.stringify(user.body)));
    expect(new Set(defined.map(({ name }) => name))).toEqual(new Set(used));
  });

  it("have a display name that policies can name, and values that are not empty", () => {
    for (const value of ofType(resources, NAMED_VALUES)) {
      expect(property(value, "displayName")).toBe(value.name);
      expect(value.name).toMatch(/^[\w.-]+$/);
      if (property(value, "keyVault") === undefined) expect(text(property(value, "value"))).not.toBe("");
    }
  });

  it("are taken as they are, and come last: after the API's operations and backend", () => {
    for (const each of documents) expect(property(each, "format")).toBe("rawxml");
    for (const policy of ofType(resources, POLICIES)) {
      for (const operation of ofType(resources, "Microsoft.ApiManagement/service/apis/operations")) {
        if (operation.file === policy.file) expect(isBefore(operation, policy)).toBe(true);
      }
    }
    const names = [...xml(ofType(resources, POLICIES)[0] as Deployed).matchAll(/backend-id="([\w-]+)"/g)];
    expect(names.map(([, name]) => name)).toEqual(
      ofType(resources, "Microsoft.ApiManagement/service/backends").map(({ name }) => name),
    );
  });
});

it("every policy file is deployed by some parameters", () => {
  const folder = join(INFRA, "policies");
  const values = VARIANTS.flatMap(([, params]) => [
    ...ofType(deployed(params), FRAGMENTS),
    ...ofType(deployed(params), POLICIES),
  ]).map(xml);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".xml"));
  expect(files.length).toBeGreaterThan(8);
  for (const file of files) expect(values.includes(readFileSync(join(folder, file), "utf8")), file).toBe(true);
});

describe("API Management's own token", () => {
  const token = (params = {}) => {
    const found = ofType(deployed(params), FRAGMENTS).find(({ name }) => name === "obo-gateway-token");
    return found === undefined ? "" : xml(found);
  };

  it("is its managed identity's, or comes by client credentials", () => {
    expect(token()).toContain("<authentication-managed-identity");
    expect(token(CLIENT_CREDENTIALS)).toContain("grant_type=client_credentials");
    expect(token(CLIENT_CREDENTIALS)).toContain("<cache-store-value");
    expect(token({ ...CLIENT_CREDENTIALS, apimSku: "Consumption" })).toBe(
      readFileSync(
        join(INFRA, "policies", CONSUMPTION.folder, "fragments/gateway-token.client-credentials.xml"),
        "utf8",
      ),
    );
  });
});

it("an API that is called directly goes to its own backend, with token B for the API of that name", () => {
  const resources = deployed(DIRECT);
  const value = (name: string) =>
    ofType(resources, NAMED_VALUES)
      .filter((each) => each.name === name)
      .map((each) => property(each, "value"));
  expect(value("obo-token-api")).toEqual(["graph"]);
  expect(value("obo-functions-url")).toEqual(["https://func.example/api"]);
  const api = ofType(resources, "Microsoft.ApiManagement/service/apis").find(({ name }) => name === "obo-direct");
  expect(api === undefined ? undefined : property(api, "serviceUrl")).toBe(DIRECT.directApi.backendUrl);
});

it("an API that is called directly has the rules of its entry in downstreamApis", () => {
  const rules = (params = {}, name = "ledger") => {
    const direct = { directApi: { ...DIRECT.directApi, name } };
    return Object.fromEntries(
      ofType(deployed({ ...direct, ...params }), NAMED_VALUES)
        .filter((each) => each.name.startsWith("obo-direct-"))
        .map((each) => [each.name.slice("obo-direct-".length), property(each, "value")]),
    );
  };
  const ledger = { ...LEDGER, passRequestHeaders: ["CF-IPCountry", "remote-user"], allowSharedCaching: true };
  expect(rules({ downstreamApis: [GRAPH, ledger] })).toEqual({
    methods: "GET HEAD POST",
    prefixes: "/me /reports",
    "passed-headers": "cf-ipcountry remote-user",
    "set-cookie": "true",
    "shared-caching": "true",
  });
  const closed = { "passed-headers": "none", "set-cookie": "false", "shared-caching": "false" };
  expect(rules({}, "graph")).toEqual({ methods: "any", prefixes: "any", ...closed });
  // No entry: no verb, no path.
  expect(rules({}, "grahp")).toEqual({ methods: "none", prefixes: "none", ...closed });
});
