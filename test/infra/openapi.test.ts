import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import hostJson from "../../host.json" with { type: "json" };
import { at, text } from "./bicep/value.ts";
import { deployed, INFRA, ofType, only, property } from "./support/deployments.ts";

interface Route {
  readonly methods: readonly string[];
  readonly route: string;
}

const routes = vi.hoisted(() => new Map<string, Route>());
vi.mock("@azure/functions", () => ({
  app: { setup: vi.fn(), http: (name: string, options: Route) => routes.set(name, options) },
}));
// Its module is the worker's: nothing but a worker can give it.
vi.mock("@azure/functions-core", () => ({ getProgrammingModel: () => ({}), setProgrammingModel: vi.fn() }));
// It says that this process has no settings, which is so.
vi.spyOn(console, "error").mockReturnValue(undefined);
await import("../../functions/index.ts");

const OPERATIONS = "Microsoft.ApiManagement/service/apis/operations";
const definition = parse(readFileSync(join(INFRA, "openapi.yaml"), "utf8"));
const VERBS = ["get", "head", "post", "put", "patch", "delete", "options", "trace"];

/** `VERB /template` of every operation in the file. */
function described(): string[] {
  return Object.entries<Record<string, unknown>>(definition.paths).flatMap(([path, item]) =>
    VERBS.filter((verb) => verb in item).map((verb) => `${verb.toUpperCase()} ${path}`),
  );
}

/** The same of a function's route: a catch-all is API Management's wildcard, and takes an empty path too. */
function registered(name: string): string[] {
  const { methods, route } = routes.get(name) ?? expect.fail(`no function ${name}`);
  const templates = route.endsWith("/{*path}") ? [route.slice(0, -8), `${route.slice(0, -7)}*`] : [route];
  return templates.flatMap((template) => methods.map((method) => `${method} /${template}`));
}

describe("openapi.yaml", () => {
  it("describes the functions that clients may call, with every verb, and no other", () => {
    expect(described().sort()).toEqual([...registered("downstream"), ...registered("validate")].sort());
  });

  it("does not offer token B, nor the probes", () => {
    expect([...routes.keys()].sort()).toEqual(["authorization", "downstream", "healthLive", "healthReady", "validate"]);
    expect(described().join()).not.toMatch(/authorization|health/);
  });

  it("is valid where nothing else would see it: unique operation ids, references that lead somewhere", () => {
    const operations = Object.values<Record<string, { operationId: string; summary: string }>>(
      definition.paths,
    ).flatMap((item) => VERBS.flatMap((verb) => item[verb] ?? []));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    // API Management takes these as resource names.
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z-]{0,79}$/);
    for (const { summary } of operations) expect(summary.length).toBeGreaterThan(3);
    for (const [, path = ""] of JSON.stringify(definition).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      expect(at(definition, ...path.split("/")), path).toBeDefined();
    }
  });

  it("gives API Management its operations", () => {
    const operations = ofType(deployed(), OPERATIONS);
    expect(operations.map((each) => `${property(each, "method")} ${property(each, "urlTemplate")}`).sort()).toEqual(
      described().sort(),
    );
    for (const operation of operations) {
      const parameters = [...text(property(operation, "urlTemplate")).matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(at(operation.body, "properties", "templateParameters")).toEqual(
        parameters.map((name) => expect.objectContaining({ name, type: "string", required: true })),
      );
    }
  });
});

describe("the function app's addresses in the infrastructure", () => {
  const prefix = `/${hostJson.extensions.http.routePrefix}`;

  it("have the host's route prefix", () => {
    const backend = only(deployed(), "Microsoft.ApiManagement/service/backends");
    expect(text(property(backend, "url"))).toBe(`https://func.example${prefix}`);
  });

  it("leave out of Easy Auth what says only that the process answers", () => {
    const access = only(deployed(), "Microsoft.Web/sites/config", "authsettingsV2");
    expect(property(access, "globalValidation", "excludedPaths")).toEqual([
      `${prefix}/${routes.get("healthLive")?.route}`,
    ]);
  });
});
