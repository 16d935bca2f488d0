import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { longestCallMs } from "../../functions/functionTimeout.ts";
import packageJson from "../../package.json" with { type: "json" };
import { FOLDER, ZIP } from "../../scripts/package.ts";
import { loadSettings } from "../../shared/config/loadSettings.ts";
import { declarations } from "./bicep/declarations.ts";
import { deploy } from "./bicep/deployment.ts";
import { parametersOf } from "./bicep/parametersFile.ts";
import { parseBicep } from "./bicep/parse.ts";
import { at, text, values } from "./bicep/value.ts";
import { CLIENT_ID, deployed, INFRA, MAIN, only, REDIS, RUNTIME } from "./support/deployments.ts";

const ROOT = join(INFRA, "..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const ENVIRONMENT = { OBO_CLIENT_ID: CLIENT_ID, OBO_PUBLISHER_EMAIL: "operator@example.com" };

describe("main.bicepparam", () => {
  const path = join(INFRA, "main.bicepparam");

  it("names every parameter that has no default, and makes an app with valid settings", () => {
    const resources = deploy(MAIN, parametersOf(path, ENVIRONMENT), { runtime: RUNTIME });
    const settings = values(only(resources, "Microsoft.Web/sites/config", "appsettings").body.properties);
    const environment = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, text(value)]));
    const { azureAd, downstreamApis } = loadSettings(environment, { longestCallMs: longestCallMs(environment) });
    expect(azureAd.clientId).toBe(CLIENT_ID);
    expect(Object.keys(downstreamApis)).toEqual(["graph"]);
  });

  it("asks for the variables that docs/deploy.md and the compiler's tests set, and no others", () => {
    const asked = [...readFileSync(path, "utf8").matchAll(/readEnvironmentVariable\('(\w+)'/g)].map(([, name]) => name);
    expect(new Set(asked)).toEqual(new Set(Object.keys(ENVIRONMENT)));
    for (const name of asked) {
      expect(read("docs/deploy.md")).toMatch(new RegExp(`export .*${name}=`));
      expect(read("docs/deploy.md")).toContain(`azd env set ${name}`);
      expect(read("test/infra/support/compiler.ts")).toContain(`${name}: `);
    }
  });
});

describe("docs/deploy.md", () => {
  const document = read("docs/deploy.md");

  it("speaks of parameters and outputs that main.bicep has", () => {
    const { params, outputs } = declarations(parseBicep(MAIN));
    const named = [
      ...document.matchAll(/\(`(\w+)`[,)]|^param (\w+)|`((?:alert|network|apim|redis|direct|always|client)\w+)`/gm),
    ]
      .map(([, ...groups]) => groups.find((group) => group !== undefined) ?? "")
      .filter((name) => name !== "what" && name !== "fail");
    expect(named.length).toBeGreaterThan(10);
    for (const name of named) expect([...params.keys()], name).toContain(name);
    for (const [, name] of document.matchAll(/\$\(output (\w+)\)/g)) expect([...outputs.keys()]).toContain(name);
  });

  it("makes the secret that tokens in Redis are encrypted with, under the name that the app asks for, and prints none", () => {
    const settings = values(only(deployed(REDIS), "Microsoft.Web/sites/config", "appsettings").body.properties);
    const name = text(settings.TokenCache__EncryptionKeys__0__KeyVaultSecretName ?? null);
    const secrets = document.split("\n").filter((line) => line.includes("az keyvault secret set"));
    expect(secrets.length).toBe(4);
    for (const line of secrets) expect(line).toMatch(/ --output none(; unset password)?$/);
    expect(secrets.join()).toContain(`--name ${name} --value "$(openssl rand -base64 32)"`);
  });

  it("names files and commands that are there", () => {
    for (const [, file = ""] of document.matchAll(/\b(infra\/[\w./]+\w)/g))
      expect(existsSync(join(ROOT, file)), file).toBe(true);
    expect(document).toContain(ZIP);
    expect(document).toContain(`cd ${FOLDER}`);
    expect(packageJson.scripts).toHaveProperty("package");
  });
});

describe("azure.yaml", () => {
  const { infra, services } = parse(read("azure.yaml"));

  it("provisions these files, and publishes to the app of its tag what npm run package leaves", () => {
    expect(join(infra.path, `${infra.module}.bicep`)).toBe(join("infra", "main.bicep"));
    const app = only(deploy(MAIN, parametersOf(join(INFRA, "main.bicepparam"), ENVIRONMENT)), "Microsoft.Web/sites");
    expect(Object.keys(services)).toEqual([at(app.body, "tags", "azd-service-name")]);
    expect(services.functions).toMatchObject({ host: "function", dist: FOLDER, remoteBuild: false });
    expect(services.functions.hooks.prepackage.posix.run).toBe("npm run package");
  });
});
