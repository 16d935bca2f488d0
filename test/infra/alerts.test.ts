import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../../shared/errors/catalogue.ts";
import { text } from "./bicep/value.ts";
import { deployed, INFRA, ofType, only, property } from "./support/deployments.ts";

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
    const events = [...listed(query("credential-expiring"), "event"), ...listed(query("exchange-failures"), "event")];
    expect(new Set(events)).toEqual(new Set(["credential_unavailable", "credential_selected", "call_failed"]));
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
    for (const code of codes) expect(["operator", "nobody"], code).toContain(catalogue.get(code)?.cure);
  });

  it("ask of requests at API Management alone, with the limits that the parameters give", () => {
    const service = only(deployed(), "Microsoft.ApiManagement/service").name;
    for (const name of ["server-errors", "latency"]) {
      expect(query(name)).toContain(`AppRequests | where AppRoleName startswith "${service}"`);
    }
    expect(query("latency", { alertLatencyMs: 750 })).toContain("slow > 750");
    expect(query("credential-expiring", { alertCredentialDaysLeft: 14 })).toContain("now() + 14d");
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
