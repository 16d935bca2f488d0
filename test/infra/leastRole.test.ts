import { makeSelfSignedCertificate } from "@obo-gateway/local-azure/keyVault/selfSigned.ts";
import { beforeEach, describe, expect, it } from "vitest";
import { longestCallMs } from "../../functions/functionTimeout.ts";
import { loadSettings } from "../../shared/config/loadSettings.ts";
import type { ClientCredential, CredentialSource } from "../../shared/credentials/clientCredential.ts";
import { credentialSources } from "../../shared/credentials/credentialSources.ts";
import { useVault } from "../shared/credentials/support/vault.ts";
import type { Value } from "./bicep/value.ts";
import { text, values } from "./bicep/value.ts";
import { CREDENTIALS, deployed, ofType, only } from "./support/deployments.ts";
import { isVaultRole, roleOf } from "./support/roles.ts";

const DAY_MS = 86_400_000;
const REFUSED = /403|may not|not allowed|Forbidden/i;
const { certificate, signedByVault, clientSecret, federated } = CREDENTIALS;

/** The settings and the roles of a deployment, put to the test: the app's own sources against a vault with Azure's roles. */
describe("the roles in the vault", () => {
  const world = useVault();

  beforeEach(async () => {
    const { vault, seed } = world;
    vault.revoke(seed.vaultReader.clientId);
    vault.setSecret(clientSecret.secretName, "a client secret");
    for (const { certificateName } of [certificate, signedByVault]) {
      const nowMs = Date.now();
      const validity = { notBeforeMs: nowMs - DAY_MS, notAfterMs: nowMs + DAY_MS };
      const made = await makeSelfSignedCertificate({ subject: certificateName, ...validity });
      // Exportable both: what keeps the app from a key is its role, whatever the certificate's policy says.
      vault.importCertificate(certificateName, { ...made, contentType: "application/x-pkcs12" });
    }
  });

  /** Gives the app's identity what the deployment gives it, less the role `without`. */
  function assign(credential: Value, without?: string): string[] {
    const { vault, seed } = world;
    const inVault = ofType(deployed({ clientCredentials: [credential] }), "Microsoft.Authorization/roleAssignments")
      .map((each) => ({ role: roleOf(each), scope: text(each.body.scope) }))
      .flatMap(({ role, scope }) => {
        const object = /^<((?:secrets|keys|certificates)\/.+)>$/.exec(scope)?.[1];
        return object === undefined ? [] : [{ role, object: `/${object}` }];
      });
    for (const { role, object } of inVault) {
      if (role === without) continue;
      if (!isVaultRole(role)) throw new Error(`${role} is no role at a vault.`);
      vault.assignRole(seed.vaultReader.clientId, role, object);
    }
    return inVault.map(({ role }) => role);
  }

  /** The app's source with the deployment's settings, moved from Azure to this machine. */
  function sourceOf(credential: Value): CredentialSource {
    const { vault, entra, seed } = world;
    const written = only(deployed({ clientCredentials: [credential] }), "Microsoft.Web/sites/config", "appsettings");
    const settings = Object.fromEntries(
      Object.entries(values(written.body.properties)).map(([name, value]) => [name, text(value)]),
    );
    // There is no managed identity here: a service principal stands for it.
    delete settings.AzureAd__ClientCredentials__0__ManagedIdentityClientId;
    settings.AzureAd__ClientCredentials__0__KeyVaultUrl = vault.url;
    settings.AzureAd__Instance = entra.url;
    const { azureAd } = loadSettings(settings, { longestCallMs: longestCallMs(settings) });
    const environment = {
      AZURE_TENANT_ID: seed.tenant.id,
      AZURE_CLIENT_ID: seed.vaultReader.clientId,
      AZURE_CLIENT_SECRET: seed.vaultReaderSecret,
    };
    const [source] = credentialSources(azureAd, { now: Date.now, environment });
    if (source === undefined) throw new Error("The settings name a credential.");
    return source;
  }

  async function proofOf(loaded: ClientCredential): Promise<string> {
    const { entra, seed } = world;
    return loaded.proof.kind === "secret"
      ? loaded.proof.secret.reveal()
      : loaded.proof.sign(`${entra.url}/${seed.tenant.id}/oauth2/v2.0/token`);
  }

  const proof = async (credential: Value): Promise<string> => proofOf(await sourceOf(credential).load());

  it.each<[string, Value, RegExp]>([
    ["a certificate with key", certificate, /^ey/],
    ["a key that never leaves the vault", signedByVault, /^ey/],
    ["a client secret", clientSecret, /^a client secret$/],
  ])("suffice for %s, and each of them is needed", async (_, credential, expected) => {
    const roles = assign(credential);
    expect(await proof(credential)).toMatch(expected);
    for (const role of roles) {
      world.vault.revoke(world.seed.vaultReader.clientId);
      assign(credential, role);
      await expect(proof(credential), role).rejects.toThrow(REFUSED);
    }
  });

  it.each<[string, Value, () => unknown]>([
    ["a certificate with key", certificate, () => world.vault.rotateCertificate(certificate.certificateName)],
    ["a key that stays there", signedByVault, () => world.vault.rotateCertificate(signedByVault.certificateName)],
    ["a client secret", clientSecret, () => world.vault.setSecret(clientSecret.secretName, "a newer one")],
  ])("suffice for the version before the newest, which a new instance may need: %s", async (_, credential, rotate) => {
    assign(credential);
    await rotate();
    const source = sourceOf(credential);
    const newest = await source.load();
    const previous = await source.loadPrevious?.();
    if (previous === undefined) throw new Error("There is a version before.");
    expect(await proofOf(previous)).not.toBe(await proofOf(newest));
  });

  it("of one credential open no other: who may have the vault sign cannot read a secret, not even that key's", async () => {
    assign(signedByVault);
    const alike = { sourceType: certificate.sourceType, certificateName: signedByVault.certificateName };
    for (const other of [certificate, clientSecret, alike]) await expect(proof(other)).rejects.toThrow(REFUSED);
    world.vault.revoke(world.seed.vaultReader.clientId);
    assign(certificate);
    for (const other of [signedByVault, clientSecret]) await expect(proof(other)).rejects.toThrow(REFUSED);
  });

  it("are none for a federated credential", () => {
    expect(assign(federated)).toEqual([]);
  });
});
