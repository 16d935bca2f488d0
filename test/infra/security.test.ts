import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TENANT_ID } from "./bicep/functions.ts";
import { all, parseBicep, parts } from "./bicep/parse.ts";
import type { Value } from "./bicep/value.ts";
import {
  CLIENT_CREDENTIALS,
  CLIENT_ID,
  deployed,
  entries,
  GATEWAY_CLIENT_ID,
  INFRA,
  ISOLATED,
  ofType,
  only,
  property,
  RUNTIME,
  VARIANTS,
} from "./support/deployments.ts";

const files = readdirSync(INFRA, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".bicep"))
  .map((file) => parseBicep(join(INFRA, file)));

describe("the Bicep files", () => {
  it("read no keys of any resource", () => {
    const calls = files.flatMap(({ root }) => all(root).filter(({ type }) => type === "call_expression"));
    expect(calls.length).toBeGreaterThan(50);
    expect(calls.map((call) => parts(call)[0]?.text).filter((name) => /(^|\.)list[A-Z]/.test(name ?? ""))).toEqual([]);
  });

  it("take no secret as a parameter and give none as an output", () => {
    for (const { path, source } of files) {
      expect(source, path).not.toContain("@secure");
      for (const [, name = ""] of source.matchAll(/^output (\w+)/gm)) expect(name).not.toMatch(/secret|password|key$/i);
    }
  });

  it("use preview API versions only where a comment above says why", () => {
    const unexplained = files.flatMap(({ path, source }) =>
      source
        .split("\n")
        .flatMap((line, index, lines) =>
          /@\d{4}-\d{2}-\d{2}-preview'/.test(line) && !lines[index - 1]?.trim().startsWith("//")
            ? [`${path}:${index + 1}`]
            : [],
        ),
    );
    expect(unexplained).toEqual([]);
  });

  it("name what API versions they use once and for all: one per resource provider's type", () => {
    const versions = new Map<string, Set<string>>();
    for (const { source } of files) {
      for (const [, type = "", version = ""] of source.matchAll(/'([\w.]+\/[\w/]+)@([\w-]+)'/g)) {
        versions.set(type, (versions.get(type) ?? new Set()).add(version));
      }
    }
    expect([...versions].filter(([, used]) => used.size > 1)).toEqual([]);
  });
});

describe("secrets", () => {
  it.each(VARIANTS)("are Key Vault references: %s", (_, params) => {
    const resources = deployed(params);
    for (const value of ofType(resources, "Microsoft.ApiManagement/service/namedValues")) {
      const fromVault = property(value, "keyVault") !== undefined;
      expect(property(value, "secret"), value.name).toBe(fromVault);
      expect(property(value, "value") === undefined, value.name).toBe(fromVault);
    }
    const suspicious = resources
      .flatMap(({ body }) => entries(body))
      .filter(
        ([name, value]) => /secret|password|accountkey|sharedaccess|connectionstring/i.test(name) && value !== null,
      )
      .filter(([name, value]) => typeof value === "string" && !HARMLESS.some((each) => each(name, value)));
    expect(suspicious).toEqual([]);
  });

  it("come, for client credentials, from a vault of their own, by a name without a version", () => {
    const secret = only(deployed(CLIENT_CREDENTIALS), "Microsoft.ApiManagement/service/namedValues", "clientSecret");
    expect(property(secret, "keyVault", "secretIdentifier")).toBe("https://vault.example/secrets/gateway");
    expect(secret.after).toContain("gatewaySecret");
    expect(ofType(deployed(), "Microsoft.ApiManagement/service/namedValues").map(({ name }) => name)).not.toContain(
      "clientSecret",
    );
  });
});

/** Names that look secret and are not. */
const HARMLESS: readonly ((name: string, value: string) => boolean)[] = [
  (name, value) => name === "secretIdentifier" && value.startsWith("https://vault.example/secrets/"),
  (name, value) => name === "connectionString" && value === "{{obo-application-insights}}",
  // Without a role it opens nothing: local authentication is off (below).
  (name, value) =>
    name === "APPLICATIONINSIGHTS_CONNECTION_STRING" && value === "<applicationInsights.properties.ConnectionString>",
];

type Row = readonly [type: string, name: string | undefined, path: readonly string[], expected: Value];
const SAFE: readonly Row[] = [
  ["Microsoft.Storage/storageAccounts", undefined, ["allowSharedKeyAccess"], false],
  ["Microsoft.Storage/storageAccounts", undefined, ["allowBlobPublicAccess"], false],
  ["Microsoft.Storage/storageAccounts", undefined, ["minimumTlsVersion"], "TLS1_2"],
  ["Microsoft.Storage/storageAccounts", undefined, ["supportsHttpsTrafficOnly"], true],
  ["Microsoft.KeyVault/vaults", undefined, ["enableRbacAuthorization"], true],
  ["Microsoft.KeyVault/vaults", undefined, ["enableSoftDelete"], true],
  ["Microsoft.KeyVault/vaults", undefined, ["enablePurgeProtection"], true],
  ["Microsoft.Insights/components", undefined, ["DisableLocalAuth"], true],
  ["Microsoft.OperationalInsights/workspaces", undefined, ["features", "disableLocalAuth"], true],
  ["Microsoft.Web/sites", undefined, ["httpsOnly"], true],
  ["Microsoft.Web/sites", undefined, ["siteConfig", "minTlsVersion"], "1.2"],
  ["Microsoft.Web/sites", undefined, ["siteConfig", "scmMinTlsVersion"], "1.2"],
  ["Microsoft.Web/sites", undefined, ["siteConfig", "ftpsState"], "Disabled"],
  ["Microsoft.Web/sites", undefined, ["siteConfig", "remoteDebuggingEnabled"], false],
  ["Microsoft.Web/sites/basicPublishingCredentialsPolicies", "ftp", ["allow"], false],
  ["Microsoft.Web/sites/basicPublishingCredentialsPolicies", "scm", ["allow"], false],
  ["Microsoft.Web/sites/config", "authsettingsV2", ["platform", "enabled"], true],
  ["Microsoft.Web/sites/config", "authsettingsV2", ["globalValidation", "requireAuthentication"], true],
  ["Microsoft.Web/sites/config", "authsettingsV2", ["globalValidation", "unauthenticatedClientAction"], "Return401"],
  ["Microsoft.Web/sites/config", "authsettingsV2", ["globalValidation", "excludedPaths"], ["/api/health/live"]],
  ["Microsoft.Web/sites/config", "authsettingsV2", ["httpSettings", "requireHttps"], true],
  ["Microsoft.Web/sites/config", "authsettingsV2", ["login", "tokenStore", "enabled"], false],
  ["Microsoft.ApiManagement/service/backends", undefined, ["tls", "validateCertificateChain"], true],
  ["Microsoft.ApiManagement/service/backends", undefined, ["tls", "validateCertificateName"], true],
  ["Microsoft.ApiManagement/service/loggers", undefined, ["credentials", "identityClientId"], "SystemAssigned"],
  ["Microsoft.ApiManagement/service/diagnostics", undefined, ["httpCorrelationProtocol"], "W3C"],
  ["Microsoft.ApiManagement/service/diagnostics", undefined, ["logClientIp"], false],
  ["Microsoft.Cache/redisEnterprise", undefined, ["minimumTlsVersion"], "1.2"],
  ["Microsoft.Cache/redisEnterprise/databases", undefined, ["accessKeysAuthentication"], "Disabled"],
  ["Microsoft.Cache/redisEnterprise/databases", undefined, ["clientProtocol"], "Encrypted"],
];

describe("transport and authentication", () => {
  const resources = deployed(ISOLATED);

  it.each(SAFE)("%s %s: %j is %j", (type, name, path, expected) => {
    expect(property(only(resources, type, name), ...path)).toEqual(expected);
  });

  it("API Management speaks no old protocol, also where its tier has a switch for it", () => {
    const off = property(
      only(deployed({ apimSku: "Developer" }), "Microsoft.ApiManagement/service"),
      "customProperties",
    );
    expect(entries(off).map(([name, value]) => [name.replace(/^.*Security\./, ""), value])).toEqual([
      ["Protocols.Tls10", "false"],
      ["Protocols.Tls11", "false"],
      ["Backend.Protocols.Tls10", "false"],
      ["Backend.Protocols.Tls11", "false"],
      ["Backend.Protocols.Ssl30", "false"],
      ["Ciphers.TripleDes168", "false"],
    ]);
    expect(property(only(deployed(), "Microsoft.ApiManagement/service"), "customProperties")).toBeNull();
  });

  it("logs neither bodies nor headers nor queries", () => {
    const diagnostic = only(resources, "Microsoft.ApiManagement/service/diagnostics");
    for (const side of ["frontend", "backend"]) {
      for (const message of ["request", "response"]) {
        expect(property(diagnostic, side, message, "headers")).toEqual([]);
        expect(property(diagnostic, side, message, "body", "bytes")).toBe(0);
      }
      expect(property(diagnostic, side, "request", "dataMasking", "queryParams")).toEqual([
        { value: "*", mode: "Hide" },
      ]);
    }
  });

  it("lets nobody into the function app but API Management", () => {
    const policy = (params = {}) =>
      property(
        only(deployed(params), "Microsoft.Web/sites/config", "authsettingsV2"),
        "identityProviders",
        "azureActiveDirectory",
      );
    expect(policy()).toEqual({
      enabled: true,
      registration: { clientId: CLIENT_ID, openIdIssuer: `https://login.microsoftonline.com/${TENANT_ID}/v2.0` },
      validation: {
        allowedAudiences: [CLIENT_ID, `api://${CLIENT_ID}`],
        defaultAuthorizationPolicy: {
          allowedPrincipals: { identities: [RUNTIME["service.identity.principalId"]] },
          allowedApplications: [],
        },
      },
    });
    expect(policy(CLIENT_CREDENTIALS)).toMatchObject({
      validation: {
        defaultAuthorizationPolicy: { allowedPrincipals: null, allowedApplications: [GATEWAY_CLIENT_ID] },
      },
    });
  });

  it("asks for a certificate that the app can use, and lets nobody forget its end", () => {
    const policy = JSON.parse(readFileSync(join(INFRA, "certificatePolicy.json"), "utf8"));
    expect(policy.keyProperties).toEqual({ exportable: true, keyType: "RSA", keySize: 3072, reuseKey: false });
    expect(policy.secretProperties.contentType).toBe("application/x-pkcs12");
    // Renewed on its own, it would be used before Entra ID knows it.
    expect(policy.lifetimeActions.map(({ action }: { action: unknown }) => action)).toEqual([
      { actionType: "EmailContacts" },
    ]);
  });
});
