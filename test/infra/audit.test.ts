import { describe, expect, it } from "vitest";
import type { Value, Values } from "./bicep/value.ts";
import { at, list, text } from "./bicep/value.ts";
import { COMPILER, predicted } from "./support/compiler.ts";
import { deployed, ISOLATED, isBefore, ofType, only, property } from "./support/deployments.ts";

const SETTINGS = "Microsoft.Insights/diagnosticSettings";
const TABLES = "Microsoft.OperationalInsights/workspaces/tables";
const DIAGNOSTICS = "Microsoft.ApiManagement/service/diagnostics";

const VAULT = ["vault", "AuditEvent"];
const GATEWAY = ["service", "GatewayLogs"];
const APP = ["app", "FunctionAppLogs"];
const PACKAGE = ["blobServices", "StorageWrite", "StorageDelete"];

/** The tables, by the resource whose log each holds. */
const BASE_TABLES = ["AZKVAuditLogs", "FunctionAppLogs", "StorageBlobLogs"];
const ALL_TABLES = ["ApiManagementGatewayLogs", ...BASE_TABLES];

const CASES: readonly (readonly [title: string, params: Values, logged: string[][], tables: string[]])[] = [
  ["the defaults (BasicV2)", {}, [VAULT, GATEWAY, APP, PACKAGE], ALL_TABLES],
  ["network isolation (StandardV2)", ISOLATED, [VAULT, GATEWAY, APP, PACKAGE], ALL_TABLES],
  ["Developer", { apimSku: "Developer" }, [VAULT, GATEWAY, APP, PACKAGE], ALL_TABLES],
  ["Consumption, which has no resource logs", { apimSku: "Consumption" }, [VAULT, APP, PACKAGE], BASE_TABLES],
  [
    "no resource logs of the function app",
    { functionAppLogs: [] },
    [VAULT, GATEWAY, PACKAGE],
    ALL_TABLES.filter((table) => table !== "FunctionAppLogs"),
  ],
];

const categories = (properties: Value | undefined): string[] =>
  list(at(properties, "logs")).map((log) => {
    expect(at(log, "enabled")).toBe(true);
    // Azure refuses it on new settings: the table's retention counts.
    expect(at(log, "retentionPolicy")).toBeUndefined();
    return text(at(log, "category"));
  });

describe("the audit", () => {
  it.each(CASES)("records, in the workspace and in tables of their own: %s", (_, params, logged, tables) => {
    const resources = deployed(params);
    const settings = ofType(resources, SETTINGS);
    const found = settings.map(({ body }) => [
      text(body.scope).replace(/^<(\w+\.:)?(\w+).*>$/, "$2"),
      ...categories(body.properties),
    ]);
    expect(found.sort()).toEqual(
      logged.map(([of = "", ...rest]) => [of.replace("blobServices", "blobs"), ...rest]).sort(),
    );
    for (const each of settings) {
      expect(property(each, "logAnalyticsDestinationType")).toBe("Dedicated");
      expect(property(each, "workspaceId")).toBe("<workspace.id>");
    }
    expect(
      ofType(resources, TABLES)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...tables].sort());
  });

  it("keeps records as long as the parameter says, and telemetry as long as its own does", () => {
    const resources = deployed({ auditRetentionDays: 365, logRetentionDays: 31 });
    const tables = ofType(resources, TABLES);
    expect(tables.length).toBe(ALL_TABLES.length);
    for (const each of tables) {
      expect(each.body.properties).toEqual({ plan: "Analytics", retentionInDays: 365, totalRetentionInDays: 365 });
    }
    expect(property(only(resources, "Microsoft.OperationalInsights/workspaces"), "retentionInDays")).toBe(31);
    for (const each of ofType(deployed(), TABLES)) expect(property(each, "retentionInDays")).toBe(90);
  });

  it("adds a category of the function app with its table where the operator names it", () => {
    const functionAppLogs = ["FunctionAppLogs", "AppServiceAuthenticationLogs"];
    const resources = deployed({ functionAppLogs });
    const settings = ofType(resources, SETTINGS).flatMap(({ body }) => categories(body.properties));
    const tables = ofType(resources, TABLES).map(({ name }) => name);
    for (const each of functionAppLogs) {
      expect(settings).toContain(each);
      expect(tables).toContain(each);
    }
  });

  it("records every call to API Management with the client's address, whatever telemetry leaves out", () => {
    const resources = deployed({ samplingPercentage: 5 });
    const diagnostic = only(resources, DIAGNOSTICS, "azuremonitor");
    expect(property(diagnostic, "sampling")).toEqual({ samplingType: "fixed", percentage: 100 });
    expect(property(diagnostic, "alwaysLog")).toBe("allErrors");
    expect(property(diagnostic, "logClientIp")).toBe(true);
    expect(property(diagnostic, "loggerId")).toBe("<auditLogger.id>");
    const telemetry = only(resources, DIAGNOSTICS, "applicationinsights");
    expect(property(telemetry, "sampling", "percentage")).toBe(5);
    const sampled = only(deployed({ auditSamplingPercentage: 10 }), DIAGNOSTICS, "azuremonitor");
    expect(property(sampled, "sampling", "percentage")).toBe(10);
  });

  it("hides queries before the first call is recorded", () => {
    const resources = deployed();
    const setting = ofType(resources, SETTINGS).find(({ symbol }) => symbol === "gatewayAudit");
    if (setting === undefined) return expect.fail("no setting for API Management");
    expect(isBefore(only(resources, DIAGNOSTICS, "azuremonitor"), setting)).toBe(true);
  });
});

describe.skipIf(COMPILER === undefined)("the audit in the compiled template", () => {
  it.each(CASES)("has the same settings and tables, and no token can reach them: %s", (_, params, logged, tables) => {
    const resources = predicted({ auditRetentionDays: 400, ...params });
    const at = (type: string) => resources.filter((each) => each.type === type);
    const workspace = at("Microsoft.OperationalInsights/workspaces")[0]?.id;
    const kinds: Readonly<Record<string, string>> = { vault: "vaults", service: "service", app: "sites" };
    const settings = at(SETTINGS);
    const found = settings.map(({ id, properties }) => [
      id
        .replace(/\/providers\/Microsoft\.Insights\/.*$/, "")
        .split("/")
        .at(-2) ?? "",
      ...categories(properties),
    ]);
    expect(found.sort()).toEqual(logged.map(([of = "", ...rest]) => [kinds[of] ?? of, ...rest]).sort());
    for (const { properties } of settings) {
      expect(properties).toMatchObject({ workspaceId: workspace, logAnalyticsDestinationType: "Dedicated" });
    }
    expect(
      at(TABLES)
        .map(({ name }) => name.replace(/^.*\//, ""))
        .sort(),
    ).toEqual([...tables].sort());
    for (const { properties } of at(TABLES)) {
      expect(properties).toMatchObject({ retentionInDays: 400, totalRetentionInDays: 400 });
    }
    const diagnostics = at(DIAGNOSTICS)
      .map(({ name }) => name.replace(/^.*\//, ""))
      .sort();
    const consumption = params.apimSku === "Consumption";
    expect(diagnostics).toEqual(consumption ? ["applicationinsights"] : ["applicationinsights", "azuremonitor"]);
    for (const { properties } of at(DIAGNOSTICS)) {
      const request = { headers: [], body: { bytes: 0 }, dataMasking: { queryParams: [{ value: "*", mode: "Hide" }] } };
      const response = { headers: [], body: { bytes: 0 } };
      expect(properties).toMatchObject({ frontend: { request, response }, backend: { request, response } });
    }
  });
});
