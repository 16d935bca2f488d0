import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Deployed } from "./bicep/deployment.ts";
import type { Value, Values } from "./bicep/value.ts";
import { text } from "./bicep/value.ts";
import {
  CLIENT_CREDENTIALS,
  CREDENTIALS,
  deployed,
  EVERY_CREDENTIAL,
  EVERY_RULE,
  LEDGER,
  ofType,
  only,
  property,
  REDIS,
  RUNTIME,
  VARIANTS,
} from "./support/deployments.ts";
import { roleOf } from "./support/roles.ts";

const REDIS_ROLE = "Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments";
const WHO: Readonly<Record<string, string>> = {
  [RUNTIME["identity.properties.principalId"]]: "Function app",
  [RUNTIME["service.identity.principalId"]]: "API Management",
};
const SCOPES: readonly (readonly [RegExp, string])[] = [
  [/^<account>$/, "storage account"],
  [/^<applicationInsights>$/, "Application Insights"],
  [/^<secrets\/[\w-]+>$/, "the one secret"],
  [/^<keys\/[\w-]+>$/, "the one key"],
  [/^<certificates\/[\w-]+>$/, "the one certificate"],
];

function row(assignment: Deployed): string[] {
  const who = WHO[text(property(assignment, "principalId"))] ?? "unknown principal";
  const scope = SCOPES.find(([form]) => form.test(text(assignment.body.scope)))?.[1] ?? "unknown scope";
  return [who, roleOf(assignment), scope, text(property(assignment, "description"))];
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
    const all = VARIANTS.flatMap(([, params]) => assigned(params)).map(row);
    const given = [...new Map(all.map((each) => [each.join(), each])).values()];
    const policies = ofType(deployed(REDIS), REDIS_ROLE).map(redisRow);
    expect(documented?.toSorted()).toEqual([...given, ...policies].toSorted());
  });

  it.each(VARIANTS)("have a name of their own each, made of what they join: %s", (_, params) => {
    const assignments = assigned(params);
    expect(new Set(assignments.map(({ name }) => name)).size).toBe(assignments.length);
    for (const each of assignments) {
      expect(each.name).toMatch(/^guid\(<[\w./-]+\.id>, /);
      expect(each.name).toContain(text(property(each, "principalId")));
      expect(property(each, "principalType")).toBe("ServicePrincipal");
      expect(text(property(each, "roleDefinitionId"))).toContain("Microsoft.Authorization/roleDefinitions/");
    }
  });

  /** The roles in the vault, by what they are at. */
  const inVault = (params: Values) =>
    assigned(params)
      .filter(({ body }) => /^<(vault|keys|secrets|certificates)/.test(text(body.scope)))
      .map((each) => [text(each.body.scope), roleOf(each), WHO[text(property(each, "principalId"))]]);
  const readsSecret = (name: string) => [`<secrets/${name}>`, "Key Vault Secrets User", "Function app"];

  it.each<[string, Value, string[][]]>([
    ["a certificate with key", CREDENTIALS.certificate, [readsSecret("obo-gateway")]],
    ["a client secret", CREDENTIALS.clientSecret, [readsSecret("obo-gateway-secret")]],
    [
      "a key that never leaves the vault",
      CREDENTIALS.signedByVault,
      [
        ["<keys/obo-gateway-signing>", "Key Vault Crypto User", "Function app"],
        ["<certificates/obo-gateway-signing>", "Key Vault Certificate User", "Function app"],
      ],
    ],
    ["a federated credential", CREDENTIALS.federated, []],
  ])("are in the vault, for %s, no more than it needs", (_, credential, expected) => {
    expect(inVault({ clientCredentials: [credential] })).toEqual(expected);
  });

  it("are in the vault, for several credentials and with Redis, those of each and no other", () => {
    const each = Object.values(CREDENTIALS).flatMap((credential) => inVault({ clientCredentials: [credential] }));
    expect(inVault(EVERY_CREDENTIAL).toSorted()).toEqual(each.toSorted());
    const tokenCacheKeys = ["token-cache-2", "token-cache-1"];
    const keys = tokenCacheKeys.map(readsSecret);
    expect(inVault({ ...EVERY_CREDENTIAL, ...REDIS, tokenCacheKeys }).toSorted()).toEqual(
      [...each, ...keys].toSorted(),
    );
    expect(inVault({ clientCredentials: [CREDENTIALS.federated], tokenCacheKeys })).toEqual([]);
  });

  it("are in the vault, for headers that are secrets, those of the secrets, once each", () => {
    const without = inVault({});
    expect(inVault(EVERY_RULE)).toEqual([...without, readsSecret("ledger-key")]);
    expect(inVault({ downstreamApis: [{ ...LEDGER, extraHeaderParameters: [] }] })).toEqual(without);
  });

  it("are given before what needs them is made", () => {
    const resources = deployed(CLIENT_CREDENTIALS);
    expect(only(resources, "Microsoft.Web/sites/config", "appsettings").after).toContain("vaultAccess");
    expect(only(resources, "Microsoft.Web/sites").after).toContain("storage");
    expect(only(resources, "Microsoft.ApiManagement/service/namedValues", "clientSecret").after).toContain(
      "gatewaySecret",
    );
    expect(only(resources, "Microsoft.ApiManagement/service/loggers", "obo-application-insights").after).toContain(
      "gatewayTelemetry:apiManagementSendsTelemetry",
    );
  });

  it("are Redis' own for Redis, and only where there is one", () => {
    const policy = only(deployed(REDIS), REDIS_ROLE);
    expect(property(policy, "user", "objectId")).toBe(RUNTIME["identity.properties.principalId"]);
    expect(ofType(deployed(), REDIS_ROLE)).toEqual([]);
  });
});
