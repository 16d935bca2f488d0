import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { all, parseBicep, parts } from "./bicep/parse.ts";
import {
  CLIENT_CREDENTIALS,
  deployed,
  entries,
  INFRA,
  ofType,
  only,
  property,
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
  // The name of one, which the app itself asks the vault for.
  (name, value) => name.endsWith("__KeyVaultSecretName") && /^(token-cache-\d|obo-gateway-secret)$/.test(value),
  (name, value) => name.endsWith("__SourceType") && value === "ClientSecret",
  (name, value) => name === "connectionString" && value === "{{obo-application-insights}}",
  // Without a role it opens nothing: local authentication is off (below).
  (name, value) =>
    name === "APPLICATIONINSIGHTS_CONNECTION_STRING" && value === "<applicationInsights.properties.ConnectionString>",
];
