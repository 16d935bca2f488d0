import { X509Certificate } from "node:crypto";
import { jwtVerify } from "jose";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ClientCredential, CredentialSource } from "../../../shared/credentials/clientCredential.ts";
import { CredentialLoadError } from "../../../shared/credentials/clientCredential.ts";
import type { KeyAndCertificate } from "./support/certificates.ts";
import { selfSigned } from "./support/certificates.ts";
import { SOURCE, useVault } from "./support/vault.ts";

const TOKEN_ENDPOINT = "https://login.microsoftonline.com/10000000-0000-4000-8000-000000000001/oauth2/v2.0/token";

describe("the version before the newest, with the real SDK", () => {
  const world = useVault();
  let certificates: readonly [KeyAndCertificate, KeyAndCertificate, KeyAndCertificate];
  let number = 0;
  beforeAll(async () => {
    certificates = await Promise.all([selfSigned(), selfSigned(), selfSigned()]);
  });
  /** Names are given once: a version cannot be deleted. */
  let name: string;
  beforeEach(() => {
    name = `rolled-${number++}`;
    const { vault, seed } = world;
    vault.revoke(seed.vaultReader.clientId);
    vault.assignRole(seed.vaultReader.clientId, "Key Vault Secrets User", `/secrets/${name}`);
    vault.assignRole(seed.vaultReader.clientId, "Key Vault Certificate User", `/certificates/${name}`);
    vault.assignRole(seed.vaultReader.clientId, "Key Vault Crypto User", `/keys/${name}`);
  });

  const kinds: readonly [string, (made: KeyAndCertificate) => string, () => CredentialSource][] = [
    [
      "a certificate with its key",
      (made) => world.vault.importCertificate(name, { ...made, contentType: "application/x-pkcs12" }),
      () => world.source(name),
    ],
    [
      "a certificate whose key stays in the vault",
      (made) =>
        world.vault.importCertificate(name, { ...made, contentType: "application/x-pem-file", exportable: false }),
      () => world.signedSource(name),
    ],
    [
      "a client secret",
      (made) => world.vault.setSecret(name, `hunter2 ${made.certificatePem.slice(100, 120)}`),
      () => world.secretSource(name),
    ],
  ];

  describe.each(kinds)("%s", (_, add, sourceOf) => {
    it("is the same object that it was as the newest, while somebody uses it", async () => {
      add(certificates[0]);
      const source = sourceOf();
      const first = await source.load();
      expect(await source.loadPrevious?.()).toBeUndefined();
      add(certificates[1]);
      const second = await source.load();
      expect(second).not.toBe(first);
      expect(await source.loadPrevious?.()).toBe(first);
    });

    it("is found by a source that has only seen the newest, and passes over a disabled one", async () => {
      const oldest = await (async () => {
        add(certificates[0]);
        return sourceOf().load();
      })();
      const disabled = add(certificates[1]);
      add(certificates[2]);
      world.vault.disableVersion(name, disabled);
      const source = sourceOf();
      const newest = await source.load();
      const previous = await source.loadPrevious?.();
      expect(previous?.label).toBe(oldest.label);
      expect(previous?.label).not.toBe(newest.label);
      expect(previous && (await worth(previous))).toBe(await worth(oldest));
    });

    it("is not asked for before the newest", async () => {
      add(certificates[0]);
      add(certificates[1]);
      expect(await sourceOf().loadPrevious?.()).toBeUndefined();
    });

    it("says why it cannot be had", async () => {
      add(certificates[0]);
      const source = sourceOf();
      await source.load();
      world.vault.faults.failing(503);
      const failure = await source.loadPrevious?.().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(CredentialLoadError);
      expect(String(failure)).toMatch(
        new RegExp(`: the version before the newest of (certificate|secret) ${name} in .+ HTTP 503`),
      );
      expect(String(failure)).toContain(SOURCE);
    });
  });

  it("needs no more than access policies' get and list", async () => {
    const { vault, seed } = world;
    vault.setSecret(name, "hunter1");
    vault.setSecret(name, "hunter2");
    vault.revoke(seed.vaultReader.clientId);
    vault.grant(seed.vaultReader.clientId, ["secrets/get"]);
    const source = world.secretSource(name);
    await source.load();
    await expect(source.loadPrevious?.()).rejects.toThrow("HTTP 403");
    vault.grant(seed.vaultReader.clientId, ["secrets/list"]);
    expect(await source.loadPrevious?.()).toBeDefined();
  });

  /** What tells whether two credentials prove the same: the secret, or the certificate whose key signed. */
  async function worth({ proof }: ClientCredential): Promise<string> {
    if (proof.kind === "secret") return proof.secret.reveal();
    const assertion = await proof.sign(TOKEN_ENDPOINT);
    for (const { certificatePem } of certificates) {
      const certificate = new X509Certificate(certificatePem);
      const verified = await jwtVerify(assertion, certificate.publicKey).catch(() => undefined);
      if (verified !== undefined) return certificate.fingerprint256;
    }
    throw new Error("No certificate's key signed it.");
  }
});
