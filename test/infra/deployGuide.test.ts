import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { longestCallMs } from "../../functions/functionTimeout.ts";
import { loadSettings } from "../../shared/config/loadSettings.ts";
import { parametersOf } from "./bicep/parametersFile.ts";
import type { Values } from "./bicep/value.ts";
import { text, values } from "./bicep/value.ts";
import { CREDENTIALS, deployed, EVERY_CREDENTIAL, INFRA, only } from "./support/deployments.ts";

const document = readFileSync(join(INFRA, "../docs/deploy.md"), "utf8");
const policy = (file: string) => JSON.parse(readFileSync(join(INFRA, file), "utf8"));

/** The parameters that a block of the document gives. */
function parameters(block: string): Values {
  const folder = mkdtempSync(join(tmpdir(), "bicep-"));
  try {
    const file = join(folder, "guide.bicepparam");
    writeFileSync(file, block);
    return parametersOf(file, {});
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("what docs/deploy.md says of credentials", () => {
  const blocks = [...document.matchAll(/```bicep\n(param clientCredentials[\s\S]*?)```/g)].map(
    ([, block = ""]) => block,
  );

  it("shows lists of them that the deployment takes, and the app with what it makes of them", () => {
    expect(blocks.length).toBeGreaterThan(1);
    for (const block of blocks) {
      const settings = values(
        only(deployed(parameters(block)), "Microsoft.Web/sites/config", "appsettings").body.properties,
      );
      const environment = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, text(value)]));
      expect(() => loadSettings(environment, { longestCallMs: longestCallMs(environment) })).not.toThrow();
    }
  });

  it("shows every kind, under the names that its commands make", () => {
    const shown = blocks.map((block) => parameters(block).clientCredentials);
    expect(new Set(EVERY_CREDENTIAL.clientCredentials)).toEqual(new Set(Array.isArray(shown[0]) ? shown[0] : []));
    const made = (name: string, file: string) =>
      `certificate create --vault-name "$vault" --name ${name} --policy @infra/${file}\n`;
    expect(document).toContain(made(CREDENTIALS.certificate.certificateName, "certificatePolicy.json"));
    expect(document).toContain(made(CREDENTIALS.signedByVault.certificateName, "certificatePolicy.signing.json"));
    expect(document).toContain(`secret set --vault-name "$vault" --name ${CREDENTIALS.clientSecret.secretName} `);
    expect(document).toContain('--federated-credential-principal "$(output identityPrincipalId)"');
  });
});

describe("what docs/deploy.md says of downstream APIs", () => {
  it("is what the deployment takes, with a secret that its commands make", () => {
    const [, block = ""] = document.match(/```bicep\n(param downstreamApis[\s\S]*?)```/) ?? [];
    const resources = deployed(parameters(block));
    expect(only(resources, "Microsoft.Web/sites/config", "appsettings").body.properties).toMatchObject({
      DownstreamApis__ledger__ExtraHeaderParameters__x_api_version: "2024-01-01",
      DownstreamApis__ledger__ExtraHeaderParameters__Ocp_Apim_Subscription_Key:
        "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/ledger-key)",
    });
    expect(document).toContain('secret set --vault-name "$vault" --name ledger-key ');
  });
});

describe("the deployment's downstream APIs", () => {
  it("have a property for every setting that docs/downstream-apis.md lists", () => {
    const guide = readFileSync(join(INFRA, "../docs/downstream-apis.md"), "utf8").split("## The path")[0] ?? "";
    const settings = new Set([...guide.matchAll(/^\| `(\w+?)(?:__[^`]*)?`/gm)].map(([, name = ""]) => name));
    expect(settings.size).toBeGreaterThan(12);
    const types = readFileSync(join(INFRA, "modules/types.bicep"), "utf8");
    const [, api = ""] = /^type DownstreamApi = \{\n([\s\S]*?)^\}/m.exec(types) ?? [];
    const properties = new Set([...api.matchAll(/^ {2}(\w+): /gm)].map(([, name = ""]) => name));
    for (const setting of settings) expect(properties).toContain(setting.charAt(0).toLowerCase() + setting.slice(1));
  });
});

describe("the certificates' policies", () => {
  it.each([
    ["certificatePolicy.json", true],
    ["certificatePolicy.signing.json", false],
  ])(
    "%s makes a fresh RSA key for every version, for signing in alone; it may leave the vault: %s",
    (file, exportable) => {
      expect(policy(file)).toMatchObject({
        issuerParameters: { name: "Self" },
        keyProperties: { exportable, keyType: "RSA", keySize: 3072, reuseKey: false },
        x509CertificateProperties: { keyUsage: ["digitalSignature"], ekus: ["1.3.6.1.5.5.7.3.2"] },
      });
    },
  );

  it("leave time between what they do before the end and the end", () => {
    for (const file of ["certificatePolicy.json", "certificatePolicy.signing.json"]) {
      const [action] = policy(file).lifetimeActions;
      expect(action.trigger.daysBeforeExpiry, file).toBeGreaterThanOrEqual(30);
    }
  });
});
