import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../../shared/errors/catalogue.ts";
import { text } from "./bicep/value.ts";
import { deployed, INFRA, ofType, only, property, REDIS } from "./support/deployments.ts";

const RULES = "Microsoft.Insights/scheduledQueryRules";
const sources = ["functions", "shared"].flatMap((folder) => {
  const root = join(INFRA, "..", folder);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(root, file), "utf8"));
});

const query = (name: string, params = {}) => {
  const rule = ofType(deployed(params), RULES).find((each) => each.name.endsWith(`-${name}`));
  return rule === undefined ? expect.fail(`no alert ${name}`) : text(property(rule, "criteria", "allOf", 0, "query"));
};
const listed = (of: string, field: string): string[] =>
  [...of.matchAll(new RegExp(`${field}\\)?(?: ==| in) \\(?([^)]*?)(?:\\)| and| or|$)`, "g"))].flatMap(
    ([, names = ""]) => [...names.matchAll(/"(\w+)"/g)].map(([, name = ""]) => name),
  );

describe("the alerts", () => {
  it("look for events that the functions log", () => {
    const rules = ["credential-expiring", "credential-rejected", "exchange-failures", "shared-cache-unavailable"];
    const events = rules.flatMap((name) => listed(query(name, REDIS), "event"));
    expect(new Set(events)).toEqual(
      new Set([
        "credential_unavailable",
        "credential_selected",
        "credential_expiring",
        "credential_rejected",
        "call_failed",
        "shared_cache_unavailable",
      ]),
    );
    for (const event of events)
      expect(
        sources.some((source) => source.includes(`"${event}"`)),
        event,
      ).toBe(true);
    expect(sources.some((source) => /"credential_selected"[^;]*expiresOn/s.test(source))).toBe(true);
  });

  it("look for failures that are not the user's", () => {
    const codes = listed(query("exchange-failures"), "code");
    expect(codes.length).toBeGreaterThan(4);
    const catalogue = new Map(Object.entries(CATALOGUE));
    for (const code of codes) expect(["operator", "nobody"], code).toContain(catalogue.get(code)?.remedy);
  });

  it("ask of requests at API Management alone, with the limits that the parameters give", () => {
    const service = only(deployed(), "Microsoft.ApiManagement/service").name;
    for (const name of ["server-errors", "latency"]) {
      expect(query(name)).toContain(`AppRequests | where AppRoleName startswith "${service}"`);
    }
    expect(query("latency", { alertLatencyMs: 750 })).toContain("slow > 750");
    const expiring = query("credential-expiring", { alertCredentialDaysLeft: 14 });
    expect(expiring).toContain("now() + 14d");
    expect(expiring).toContain("toint(line.daysLeft), 0) <= 14");
  });

  it("watch over Redis where there is one", () => {
    const names = (params = {}) => ofType(deployed(params), RULES).map(({ symbol, body }) => `${symbol} ${body.name}`);
    expect(names(REDIS).filter((name) => name.endsWith("-shared-cache-unavailable"))).toHaveLength(1);
    expect(names().filter((name) => name.includes("shared-cache"))).toEqual([]);
    expect(names(REDIS)).toHaveLength(names().length + 1);
  });

  it("tell those who are named, and nobody else", () => {
    expect(ofType(deployed(), "Microsoft.Insights/actionGroups")).toEqual([]);
    const resources = deployed({ alertEmails: ["a@example.com", "b@example.com"] });
    const group = only(resources, "Microsoft.Insights/actionGroups");
    expect(property(group, "emailReceivers")).toMatchObject([
      { name: "email-0", emailAddress: "a@example.com" },
      { name: "email-1", emailAddress: "b@example.com" },
    ]);
    for (const rule of ofType(resources, RULES)) {
      expect(property(rule, "actions", "actionGroups")).toEqual(["<actionGroup.id>"]);
    }
  });
});
