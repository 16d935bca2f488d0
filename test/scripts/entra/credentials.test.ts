import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeSelfSignedCertificate } from "@obo-gateway/local-azure/keyVault/selfSigned.ts";
import { describe, expect, it } from "vitest";
import { SCRIPT_SECRET, TENANT, useWorld } from "./support/world.ts";

const DAY_MS = 86_400_000;
const SECRET_SETTING = "AzureAd__ClientCredentials__0__ClientSecret";

describe("npm run entra:register: how the gateway proves itself", () => {
  const world = useWorld();
  const stored = () => {
    const [application] = world.graph.state.applications;
    if (application === undefined) throw new Error("no application");
    return application;
  };

  async function certificateFile(name: string, more: { bits?: number; notAfterMs?: number } = {}) {
    const made = await makeSelfSignedCertificate({
      subject: name,
      notBeforeMs: Date.now() - 2 * DAY_MS,
      notAfterMs: Date.now() + 365 * DAY_MS,
      ...more,
    });
    const file = join(world.folder, `${name}.pem`);
    await writeFile(file, made.privateKeyPem + made.certificatePem);
    return file;
  }

  it("adds a certificate once, its private key never, and keeps those that are there", async () => {
    const first = await certificateFile("first");
    const second = await certificateFile("second");
    const { settings, settingsToFillIn } = await world.register("--certificate", first);
    expect(settings).toMatchObject({ AzureAd__ClientCredentials__0__SourceType: "KeyVault" });
    expect(settingsToFillIn).toEqual([
      "AzureAd__ClientCredentials__0__KeyVaultUrl",
      "AzureAd__ClientCredentials__0__KeyVaultCertificateName",
    ]);
    const kept = structuredClone(stored().keyCredentials);
    expect((await world.register("--certificate", second)).changes).toEqual([
      expect.stringMatching(/^add certificate CN=second \(thumbprint [0-9A-F]{40}\)$/),
    ]);
    expect(stored().keyCredentials).toEqual([...kept, expect.objectContaining({ displayName: "CN=second" })]);
    world.writes();
    expect((await world.register("--certificate", first)).changes).toEqual([]);
    expect(world.writes()).toEqual([]);
    expect(JSON.stringify(world.graph.requests)).not.toContain("PRIVATE");
  });

  it("tells of certificates and secrets that expired or soon will", async () => {
    await world.register("--certificate", await certificateFile("soon"), "--what-if");
    await world.register("--certificate", await certificateFile("soon", { notAfterMs: Date.now() + 9.5 * DAY_MS }));
    const [soon] = stored().keyCredentials;
    if (soon === undefined) throw new Error("no certificate");
    const endDateTime = "2020-01-31T00:00:00Z";
    stored().keyCredentials.push({ ...soon, keyId: randomUUID(), displayName: "CN=old", endDateTime });
    const { changes, notes } = await world.register();
    expect(changes).toEqual([]);
    expect(notes).toEqual([
      expect.stringMatching(/^The certificate CN=soon expires on .*, in 10 day\(s\): replace it\.$/),
      "The certificate CN=old expired on 2020-01-31; it was kept: remove it.",
    ]);
  });

  it("refuses certificates that could not be used, before anything is done", async () => {
    const expired = await certificateFile("expired", { notAfterMs: Date.now() - DAY_MS });
    const weak = await certificateFile("weak", { bits: 1024 });
    const none = join(world.folder, "ca.txt");
    await writeFile(none, "no certificate");
    const refusals: readonly (readonly [string, string])[] = [
      [expired, "the certificate expired"],
      [weak, "not RSA with at least 2048 bits"],
      [none, "there is no certificate in it"],
      [join(world.folder, "missing.pem"), "cannot be read (ENOENT)"],
    ];
    for (const [file, why] of refusals) await expect(world.register("--certificate", file)).rejects.toThrow(why);
    expect(world.graph.state.applications).toEqual([]);
  });

  it("trusts a managed identity, once, and mends the audience", async () => {
    const identity = world.graph.addServicePrincipal({ displayName: "func-identity", type: "ManagedIdentity" });
    const option = ["--federated-credential-principal", identity.id];
    const { settings } = await world.register(...option);
    expect(settings).toMatchObject({
      AzureAd__ClientCredentials__0__SourceType: "SignedAssertionFromManagedIdentity",
      AzureAd__ClientCredentials__0__ManagedIdentityClientId: identity.appId,
    });
    const [trusted] = stored().federatedIdentityCredentials;
    expect(trusted).toMatchObject({
      issuer: `${world.entra.url}/${TENANT.id}/v2.0`,
      subject: identity.id,
      audiences: ["api://AzureADTokenExchange"],
    });
    if (trusted === undefined) throw new Error("no federated credential");
    stored().federatedIdentityCredentials[0] = { ...trusted, audiences: ["api://other"] };
    expect((await world.register(...option)).changes).toEqual([
      `set the audience of federated credential managed-identity-${identity.id} to api://AzureADTokenExchange (is api://other)`,
    ]);
    expect(stored().federatedIdentityCredentials).toEqual([trusted]);
    expect((await world.register(...option)).changes).toEqual([]);
  });

  it("trusts nobody by mistake: a client id, another app, an id of nothing", async () => {
    const identity = world.graph.addServicePrincipal({ displayName: "func-identity", type: "ManagedIdentity" });
    const other = world.graph.addServicePrincipal({ displayName: "Other API" });
    const option = "--federated-credential-principal";
    await expect(world.register(option, identity.appId)).rejects.toThrow(
      `It is the client id of func-identity, whose object id is ${identity.id}.`,
    );
    await expect(world.register(option, other.id)).rejects.toThrow("Other API is not a managed identity");
    await expect(world.register(option, randomUUID())).rejects.toThrow("az identity show");
    expect(world.graph.state.applications).toEqual([]);
  });

  it("makes a client secret last, prints it once and nowhere else, and none while one is valid", async () => {
    const graphUrl = ["--graph-url", world.graph.url];
    const first = await world.run(["--name", "obo-gateway", ...graphUrl, "--client-secret"]);
    const secret = stored().passwordCredentials[0]?.secretText ?? "";
    expect(first.stdout.split(secret)).toHaveLength(2);
    expect(first.stdout).toContain(`${SECRET_SETTING}=${secret}`);
    expect(first.stderr).toBe("");
    expect(world.writes().at(-1)).toMatch(/addPassword$/);
    const again = await world.register("--client-secret");
    expect(again).toMatchObject({ changes: [], settingsToFillIn: [SECRET_SETTING] });
    expect(again.notes).toEqual([expect.stringContaining("A valid client secret exists")]);
    expect(JSON.stringify(again)).not.toContain(secret);
    const [kept] = stored().passwordCredentials;
    if (kept !== undefined) kept.endDateTime = "2020-01-31T00:00:00Z";
    const renewed = await world.register("--client-secret");
    expect(renewed.settings[SECRET_SETTING]).toBe(stored().passwordCredentials[1]?.secretText);
    expect(JSON.stringify(renewed)).not.toContain(SCRIPT_SECRET);
  });
});
