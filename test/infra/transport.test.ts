import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { TENANT_ID } from "./bicep/functions.ts";
import type { Value } from "./bicep/value.ts";
import {
  CLIENT_CREDENTIALS,
  CLIENT_ID,
  deployed,
  entries,
  GATEWAY_CLIENT_ID,
  INFRA,
  ISOLATED,
  only,
  property,
  RUNTIME,
} from "./support/deployments.ts";

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
  [
    "Microsoft.ApiManagement/service/loggers",
    "obo-application-insights",
    ["credentials", "identityClientId"],
    "SystemAssigned",
  ],
  ["Microsoft.ApiManagement/service/diagnostics", "applicationinsights", ["httpCorrelationProtocol"], "W3C"],
  ["Microsoft.ApiManagement/service/diagnostics", "applicationinsights", ["logClientIp"], false],
  ["Microsoft.Cache/redisEnterprise", undefined, ["minimumTlsVersion"], "1.2"],
  ["Microsoft.Cache/redisEnterprise/databases", undefined, ["accessKeysAuthentication"], "Disabled"],
  ["Microsoft.Cache/redisEnterprise/databases", undefined, ["clientProtocol"], "Encrypted"],
  ["Microsoft.Cache/redisEnterprise/databases", undefined, ["persistence"], { aofEnabled: false, rdbEnabled: false }],
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

  it.each(["applicationinsights", "azuremonitor"])("logs neither bodies nor headers nor queries: %s", (name) => {
    const diagnostic = only(resources, "Microsoft.ApiManagement/service/diagnostics", name);
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

  it.each(["https://login.microsoftonline.us", "https://login.microsoftonline.us/"])(
    "believes the tokens of its cloud's Entra ID, however Azure writes the address: %s",
    (loginEndpoint) => {
      const issuer = (resources: ReturnType<typeof deployed>) =>
        property(
          only(resources, "Microsoft.Web/sites/config", "authsettingsV2"),
          ...["identityProviders", "azureActiveDirectory", "registration", "openIdIssuer"],
        );
      expect(issuer(deployed({}, { loginEndpoint }))).toBe(`https://login.microsoftonline.us/${TENANT_ID}/v2.0`);
    },
  );

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
