import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Deployed } from "./bicep/deployment.ts";
import { text } from "./bicep/value.ts";
import {
  CLIENT_CREDENTIALS,
  deployed,
  ofType,
  only,
  property,
  REDIS,
  RUNTIME,
  VARIANTS,
} from "./support/deployments.ts";

const ROLES: Readonly<Record<string, string>> = {
  "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
  "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
  "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
};
const REDIS_ROLE = "Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments";
const WHO: Readonly<Record<string, string>> = {
  [RUNTIME["identity.properties.principalId"]]: "Function app",
  [RUNTIME["service.identity.principalId"]]: "API Management",
};
const SCOPES: Readonly<Record<string, string>> = {
  "<account>": "storage account",
  "<vault>": "key vault",
  "<applicationInsights>": "Application Insights",
  "<vault.:secret>": "the one secret",
};

function row(assignment: Deployed): string[] {
  const role = ROLES[text(property(assignment, "roleDefinitionId")).replace(/^.*\//, "")] ?? "unknown role";
  const who = WHO[text(property(assignment, "principalId"))] ?? "unknown principal";
  return [who, role, SCOPES[text(assignment.body.scope)] ?? "unknown scope", text(property(assignment, "description"))];
}

/** Redis has a kind of its own, which gives no reason. */
function redisRow(assignment: Deployed): string[] {
  const who = WHO[text(property(assignment, "user", "objectId"))] ?? "unknown principal";
  const policy = `Redis access policy ${text(property(assignment, "accessPolicyName"))}`;
  const scope = text(assignment.body.parent) === "<database>" ? "Redis database" : "unknown scope";
  return [who, policy, scope, "Function app, with Redis: reads and writes encrypted tokens."];
}

const assigned = (params = {}) => ofType(deployed(params), "Microsoft.Authorization/roleAssignments");
const documented = readFileSync(join(import.meta.dirname, "../../docs/deploy.md"), "utf8")
  .split("\n| Who |")[1]
  ?.split("\n\n")[0]
  ?.split("\n")
  .slice(2)
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe("the roles that a deployment gives", () => {
  it("are the ones that docs/deploy.md lists with their reasons, and no others", () => {
    const all = [...assigned(), ...assigned(CLIENT_CREDENTIALS)].map(row);
    const given = [...new Map(all.map((each) => [each.join(), each])).values()];
    const policies = ofType(deployed(REDIS), REDIS_ROLE).map(redisRow);
    expect(documented?.toSorted()).toEqual([...given, ...policies].toSorted());
  });

  it.each(VARIANTS)("have a name of their own each, made of what they join: %s", (_, params) => {
    const assignments = assigned(params);
    expect(new Set(assignments.map(({ name }) => name)).size).toBe(assignments.length);
    for (const each of assignments) {
      expect(each.name).toMatch(/^guid\(<[\w.:]+\.id>, /);
      expect(each.name).toContain(text(property(each, "principalId")));
      expect(property(each, "principalType")).toBe("ServicePrincipal");
      expect(text(property(each, "roleDefinitionId"))).toContain("Microsoft.Authorization/roleDefinitions/");
    }
  });

  it("are given before what needs them is made", () => {
    const resources = deployed(CLIENT_CREDENTIALS);
    expect(only(resources, "Microsoft.Web/sites").after).toContain("storage");
    expect(only(resources, "Microsoft.ApiManagement/service/namedValues", "clientSecret").after).toContain(
      "gatewaySecret",
    );
    expect(only(resources, "Microsoft.ApiManagement/service/loggers").after).toContain(
      "gatewayTelemetry:apiManagementSendsTelemetry",
    );
  });

  it("are Redis' own for Redis, and only where there is one", () => {
    const policy = only(deployed(REDIS), REDIS_ROLE);
    expect(property(policy, "user", "objectId")).toBe(RUNTIME["identity.properties.principalId"]);
    expect(ofType(deployed(), REDIS_ROLE)).toEqual([]);
    expect(assigned(REDIS)).toEqual(assigned());
  });
});
