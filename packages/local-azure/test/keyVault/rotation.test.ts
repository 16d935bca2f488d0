import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSelfSignedCertificate } from "../../src/keyVault/selfSigned.ts";
import { startVaultUnderTest, type VaultUnderTest } from "./vaultUnderTest.ts";

const DAY_MS = 86_400_000;

describe("a certificate is rotated while the vault runs", () => {
  let test: VaultUnderTest;
  beforeAll(async () => {
    test = await startVaultUnderTest();
  });
  afterAll(() => test.close());

  async function first(name: string, exportable: boolean): Promise<string> {
    const now = Date.now();
    const made = await makeSelfSignedCertificate({
      subject: name,
      notBeforeMs: now - DAY_MS,
      notAfterMs: now + DAY_MS,
    });
    return test.vault.importCertificate(name, { ...made, contentType: "application/x-pem-file", exportable });
  }

  it.each([true, false])("to a new version like the old one (exportable: %s)", async (exportable) => {
    const name = `rotated-${exportable}`;
    const old = await first(name, exportable);
    const rotated = await test.vault.rotateCertificate(name);
    expect(test.vault.versionsOf(name)).toEqual([old, rotated.version]);
    const { properties, policy, cer } = await test.certificateClient().getCertificate(name);
    expect(properties.version).toBe(rotated.version);
    expect(policy).toMatchObject({ exportable, subject: `CN=${name}`, contentType: "application/x-pem-file" });
    const certificate = new X509Certificate(Buffer.from(cer ?? []));
    expect(certificate.raw).toEqual(new X509Certificate(rotated.certificatePem).raw);
    expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now() + 300 * DAY_MS);
    const { value = "" } = await test.secretClient().getSecret(name);
    expect(value.includes("PRIVATE KEY")).toBe(exportable);
  });

  it("after it has been shown to Entra ID, for who wants that order", async () => {
    await first("prepared", true);
    const prepared = await test.vault.prepareCertificate("prepared", { notAfterMs: Date.now() + 2 * DAY_MS });
    expect(test.vault.versionsOf("prepared")).toHaveLength(1);
    const version = test.vault.importCertificate("prepared", prepared.source);
    const { properties } = await test.certificateClient().getCertificate("prepared");
    expect(properties.version).toBe(version);
    expect(Buffer.from(properties.x509Thumbprint ?? []).toString("base64url")).toBe(prepared.thumbprintSha1);
  });

  it("and an old version is disabled, which leaves the new one alone", async () => {
    const old = await first("disabled", true);
    const { version } = await test.vault.rotateCertificate("disabled");
    test.vault.disableVersion("disabled", old);
    const client = test.secretClient();
    await expect(client.getSecret("disabled", { version: old })).rejects.toMatchObject({ statusCode: 403 });
    expect((await client.getSecret("disabled")).properties.version).toBe(version);
  });

  it("only when there is one", async () => {
    test.vault.setSecret("mere", "x");
    for (const name of ["mere", "none"]) {
      await expect(test.vault.rotateCertificate(name)).rejects.toMatchObject({ code: "CertificateNotFound" });
    }
  });
});
