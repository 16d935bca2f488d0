import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import forge from "node-forge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CertificateImport } from "../../src/keyVault/certificateImport.ts";
import { makeSelfSignedCertificate, type SelfSignedCertificate } from "../../src/keyVault/selfSigned.ts";
import { API_VERSION, startVaultUnderTest, type VaultUnderTest } from "./vaultUnderTest.ts";

const NOT_BEFORE_MS = Date.UTC(2029, 0, 1);
const NOT_AFTER_MS = Date.UTC(2031, 0, 1);

const make = (subject: string): Promise<SelfSignedCertificate> =>
  makeSelfSignedCertificate({ subject, notBeforeMs: NOT_BEFORE_MS, notAfterMs: NOT_AFTER_MS });

describe("certificates", () => {
  let test: VaultUnderTest;
  let one: SelfSignedCertificate;
  let two: SelfSignedCertificate;
  beforeAll(async () => {
    [test, one, two] = await Promise.all([startVaultUnderTest(), make("one"), make("two")]);
  });
  afterAll(() => test.close());

  const importAs = (name: string, source: SelfSignedCertificate, more: Partial<CertificateImport> = {}): string =>
    test.vault.importCertificate(name, { ...source, contentType: "application/x-pkcs12", ...more });
  const certificate = async (path: string) => (await test.ask(`/certificates/${path}?${API_VERSION}`)).json();
  const pkcs12Secret = async (name: string): Promise<Buffer> =>
    Buffer.from((await test.secretClient().getSecret(name)).value ?? "", "base64");

  it("show what is public", async () => {
    const version = importAs("app", one);
    const of = (collection: string): string => `${test.vault.url}/${collection}/app/${version}`;
    const bundle = await certificate("app");
    expect(bundle).toMatchObject({
      id: of("certificates"),
      kid: of("keys"),
      sid: of("secrets"),
      x5t: one.thumbprintSha1,
      contentType: "application/x-pkcs12",
      attributes: {
        enabled: true,
        nbf: NOT_BEFORE_MS / 1_000,
        exp: NOT_AFTER_MS / 1_000,
        created: expect.any(Number),
        updated: expect.any(Number),
        recoveryLevel: "Recoverable+Purgeable",
      },
      policy: {
        key_props: { exportable: true, kty: "RSA", key_size: 2048 },
        secret_props: { contentType: "application/x-pkcs12" },
        x509_props: { subject: "CN=one" },
      },
    });
    const der = Buffer.from(String(bundle.cer), "base64");
    expect(new X509Certificate(der).fingerprint256).toBe(new X509Certificate(one.certificatePem).fingerprint256);
  });

  it("get a new version with each import; the old one stays readable", async () => {
    const [first, second] = [importAs("renewed", one), importAs("renewed", two)];
    expect(await certificate("renewed")).toMatchObject({ x5t: two.thumbprintSha1 });
    const old = await certificate(`renewed/${first}`);
    expect(old).toMatchObject({ x5t: one.thumbprintSha1 });
    expect(old).not.toHaveProperty("policy");
    const { value } = await certificate("renewed/versions");
    expect(value).toMatchObject([
      { id: `${test.vault.url}/certificates/renewed/${first}`, x5t: one.thumbprintSha1 },
      { id: `${test.vault.url}/certificates/renewed/${second}`, x5t: two.thumbprintSha1 },
    ]);
  });

  it.each(["aes256", "3des"] as const)("are secrets in PKCS#12 without password, %s", async (pkcs12Encryption) => {
    const version = importAs(`pfx-${pkcs12Encryption}`, one, { pkcs12Encryption });
    const secret = await test.secretClient().getSecret(`pfx-${pkcs12Encryption}`);
    expect(secret.properties).toMatchObject({
      version,
      contentType: "application/x-pkcs12",
      managed: true,
      certificateKeyId: `${test.vault.url}/keys/pfx-${pkcs12Encryption}/${version}`,
      notBefore: new Date(NOT_BEFORE_MS),
      expiresOn: new Date(NOT_AFTER_MS),
    });
    const pfx = Buffer.from(secret.value ?? "", "base64");
    // OpenSSL, which forge knows nothing of, finds key and certificate, and that they belong together.
    expect(() => createSecureContext({ pfx, passphrase: "" })).not.toThrow();
    expect(() => createSecureContext({ pfx, passphrase: "another" })).toThrow(/mac verify failure/);
  });

  it("are secrets in PEM, key first, for those imported so", async () => {
    importAs("pem", one, { contentType: "application/x-pem-file" });
    const { value = "", properties } = await test.secretClient().getSecret("pem");
    expect(properties.contentType).toBe("application/x-pem-file");
    expect(value).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^-]+-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----/);
    expect(new X509Certificate(value).checkPrivateKey(createPrivateKey(value))).toBe(true);
  });

  it("carry their chain, leaf first", async () => {
    const certificatePem = one.certificatePem + two.certificatePem;
    importAs("chain-pem", one, { certificatePem, contentType: "application/x-pem-file" });
    const { value = "" } = await test.secretClient().getSecret("chain-pem");
    expect(value.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(await certificate("chain-pem")).toMatchObject({ x5t: one.thumbprintSha1 });
    importAs("chain-pfx", one, { certificatePem });
    expect(bagsOf(await pkcs12Secret("chain-pfx"))).toEqual({ keys: 1, certificates: 2 });
  });

  it.each(["application/x-pkcs12", "application/x-pem-file"] as const)(
    "keep a key that is not exportable to themselves: %s",
    async (contentType) => {
      const name = contentType === "application/x-pkcs12" ? "kept-pfx" : "kept-pem";
      importAs(name, one, { contentType, exportable: false });
      expect(await certificate(name)).toMatchObject({ policy: { key_props: { exportable: false } } });
      const { value = "" } = await test.secretClient().getSecret(name);
      if (contentType === "application/x-pem-file") {
        expect(value).not.toContain("PRIVATE KEY");
        expect(new X509Certificate(value).subject).toBe("CN=one");
      } else expect(bagsOf(Buffer.from(value, "base64"))).toEqual({ keys: 0, certificates: 1 });
    },
  );

  it("that are disabled can be seen, but their secret cannot be read", async () => {
    const version = importAs("off", one);
    test.vault.disableVersion("off", version);
    expect(await certificate("off")).toMatchObject({ attributes: { enabled: false } });
    await expect(test.secretClient().getSecret("off")).rejects.toMatchObject({ statusCode: 403, code: "Forbidden" });
  });

  it("that are deleted take their secret along, and bring it back", async () => {
    importAs("deleted", one);
    expect(() => test.vault.removeSecret("deleted")).toThrow("managed by the certificate");
    test.vault.removeCertificate("deleted");
    expect(await certificate("deleted")).toMatchObject({ error: { code: "CertificateNotFound" } });
    await expect(test.secretClient().getSecret("deleted")).rejects.toMatchObject({ code: "SecretNotFound" });
    test.vault.recover("deleted");
    expect(await certificate("deleted")).toMatchObject({ x5t: one.thumbprintSha1 });
  });

  it("are not found under the name of a mere secret, nor may take it", async () => {
    test.vault.setSecret("mere", "x");
    for (const path of ["mere", "mere/versions", "nobody", "nobody/versions"]) {
      expect(await certificate(path)).toMatchObject({ error: { code: "CertificateNotFound" } });
    }
    importAs("versioned", one);
    expect(await certificate("versioned/none")).toMatchObject({ error: { code: "CertificateNotFound" } });
    expect(() => importAs("mere", one)).toThrow("belongs to a secret");
    expect(() => test.vault.setSecret("versioned", "x")).toThrow("belongs to a certificate");
  });

  it("are not imported without a certificate, with the key of another, or with a key that is not RSA", () => {
    expect(() => importAs("bad", one, { certificatePem: "nothing" })).toThrow("no PEM certificate");
    expect(() => importAs("bad", one, { privateKeyPem: two.privateKeyPem })).toThrow("does not belong");
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
    expect(() => importAs("bad", one, { privateKeyPem: String(ec) })).toThrow("RSA keys only, not ec");
  });
});

function bagsOf(pfx: Buffer): { keys: number; certificates: number } {
  const asn1 = forge.asn1.fromDer(forge.util.createBuffer(pfx.toString("binary")));
  const content = forge.pkcs12.pkcs12FromAsn1(asn1, "");
  const count = (bagType: string | undefined): number =>
    bagType === undefined ? Number.NaN : (content.getBags({ bagType })[bagType]?.length ?? 0);
  const { keyBag, pkcs8ShroudedKeyBag, certBag } = forge.pki.oids;
  return { keys: count(keyBag) + count(pkcs8ShroudedKeyBag), certificates: count(certBag) };
}
