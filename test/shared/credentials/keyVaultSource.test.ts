import { createHash, X509Certificate } from "node:crypto";
import { inspect } from "node:util";
import { registerApp } from "@obo-gateway/local-azure/entra/registration.ts";
import { beforeAll, describe, expect, it } from "vitest";
import type { KeyAndCertificate } from "./support/certificates.ts";
import { fixture, selfSigned } from "./support/certificates.ts";
import { startImpostor } from "./support/impostor.ts";
import { loadFailure, SOURCE, useVault } from "./support/vault.ts";

/** What a load may take at the most, with what a busy machine adds. */
const LOAD_LIMIT_MS = 8_000;
const SLACK_MS = 3_000;

describe("keyVaultSource, with the real SDK", () => {
  const world = useVault();
  let made: KeyAndCertificate;
  beforeAll(async () => {
    made = await selfSigned();
    for (const [name, contentType] of [
      ["pfx", "application/x-pkcs12"],
      ["pem", "application/x-pem-file"],
    ] as const) {
      world.vault.importCertificate(name, { ...made, contentType });
    }
    world.vault.importCertificate("old-pfx", {
      ...made,
      contentType: "application/x-pkcs12",
      pkcs12Encryption: "3des",
    });
    world.vault.importCertificate("no-export", { ...made, contentType: "application/x-pem-file", exportable: false });
    world.vault.setSecret("junk", "hunter2 is no certificate");
  });

  const unusable = (name: string, reason: string): string =>
    `${SOURCE}: certificate ${name} in ${world.vault.url} cannot be used: ${reason}`;

  it.each(["pfx", "pem", "old-pfx"])("loads the certificate %s", async (name) => {
    const credential = await world.source(name).load();
    const { raw } = new X509Certificate(made.certificatePem);
    const thumbprint = createHash("sha256").update(raw).digest("hex").toUpperCase();
    expect(credential.label).toBe(`${SOURCE} certificate ${thumbprint}`);
    expect(credential.expiresOnMs).toBe(Date.parse(new X509Certificate(made.certificatePem).validTo));
    expect(credential.proof.kind).toBe("assertion");
    expect(inspect(credential, { depth: 9, showHidden: true })).not.toContain("PRIVATE KEY");
  });

  it("loads the newest version", async () => {
    const newer = await selfSigned();
    world.vault.importCertificate("rolled", { ...made, contentType: "application/x-pkcs12" });
    const source = world.source("rolled");
    const before = await source.load();
    world.vault.importCertificate("rolled", { ...newer, contentType: "application/x-pkcs12" });
    expect((await source.load()).label).not.toBe(before.label);
    expect(source.canChange).toBe(true);
  });

  it("makes one credential of a version, however often it is asked", async () => {
    world.vault.importCertificate("polled", { ...made, contentType: "application/x-pkcs12" });
    const source = world.source("polled");
    const [first, meanwhile] = await Promise.all([source.load(), source.load()]);
    expect(meanwhile).toBe(first);
    expect(await source.load()).toBe(first);
    world.vault.importCertificate("polled", { ...made, contentType: "application/x-pem-file" });
    const second = await source.load();
    expect(second).not.toBe(first);
    expect(second.label).toBe(first.label);
    world.vault.faults.failing(503);
    await loadFailure(source);
    world.vault.faults.clear();
    expect(await source.load()).toBe(second);
  });

  it.each(["aes256-empty.pfx", "rc2-40-empty.pfx"])("reads %s, which another tool made", async (name) => {
    const stored = name.replace(".pfx", "");
    world.vault.setSecret(stored, fixture(name).toString("base64"), "application/x-pkcs12");
    await expect(world.source(stored).load()).resolves.toMatchObject({ proof: { kind: "assertion" } });
  });

  it("reads as the app's own identity, with a token for the vault", async () => {
    await world.source("pfx").load();
    expect(world.vault.requests.at(-1)?.principal?.appId).toBe(world.seed.vaultReader.clientId);
    expect(world.entra.requests.at(-1)).toMatchObject({
      grantType: "client_credentials",
      scope: expect.stringContaining("https://vault.azure.net/.default"),
    });
  });

  it.each([
    ["missing", "HTTP 404 (SecretNotFound): there is no such certificate, or it was deleted."],
    ["junk", "it is neither PEM nor PKCS#12, or is incomplete."],
    ["no-export", "there is no private key in it."],
  ])("says what is wrong with %s", async (name, reason) => {
    const { message } = await loadFailure(world.source(name));
    expect(message).toBe(unusable(name, reason));
    expect(message).not.toContain("hunter2");
  });

  const DENIED =
    "HTTP 403 (Forbidden): the app's identity may not read it, or the vault's firewall is in the way; it needs the role Key Vault Secrets User.";
  it.each([
    ["a missing access policy", () => world.vault.faults.forbidden("policy"), DENIED],
    ["a missing role", () => world.vault.faults.forbidden("rbac"), DENIED],
    ["throttling", () => world.vault.faults.throttled(undefined), "HTTP 429 (Throttled): the vault is throttling."],
    ["500", () => world.vault.faults.failing(500), "HTTP 500 (InternalServerError): the vault is out of order."],
    ["503", () => world.vault.faults.failing(503), "HTTP 503 (ServiceUnavailable): the vault is out of order."],
    ["a cut connection", () => world.vault.faults.cut(), "socket hang up."],
  ])("tries again, and then says so, on %s", async (_what, fault, reason) => {
    fault();
    const { message } = await loadFailure(world.source("pfx"));
    expect(message).toBe(unusable("pfx", reason));
  });

  it("gets over a moment of throttling, and over a moment of failing", async () => {
    world.vault.faults.throttled(0, { requests: 1 });
    await expect(world.source("pfx").load()).resolves.toBeDefined();
    world.vault.faults.failing(503, { requests: 2 });
    await expect(world.source("pfx").load()).resolves.toBeDefined();
  });

  it("says that nothing listens there", async () => {
    await world.vault.faults.down();
    try {
      const { message } = await loadFailure(world.source("pfx"));
      expect(message).toMatch(/cannot be used: connect ECONNREFUSED .+\.$/);
    } finally {
      await world.vault.faults.up();
    }
  });

  // Side by side, since each takes as long as a load may: the faults befall different names.
  it("gives up within its time, whoever it is that does not answer", async () => {
    const reader = registerApp(world.seed.directory, {
      tenantId: world.seed.tenant.id,
      secrets: [{ keyId: "test", value: "hunter2", endMs: Date.now() + LOAD_LIMIT_MS * 10 }],
    });
    world.entra.faults.add({ aim: { client: reader.clientId }, effect: { kind: "hang" } });
    world.vault.faults.hang({ pathPrefix: "/secrets/pem" });
    world.vault.faults.throttled(3_600, { pathPrefix: "/secrets/old-pfx" });
    const startedMs = performance.now();
    const failures = await Promise.all([
      loadFailure(world.source("pfx", { clientId: reader.clientId, clientSecret: "hunter2" })),
      loadFailure(world.source("pem")),
      loadFailure(world.source("old-pfx")),
    ]);
    expect(performance.now() - startedMs).toBeLessThan(LOAD_LIMIT_MS + SLACK_MS);
    const reason = `no answer from the vault, or from the sign-in that it asks for, within ${LOAD_LIMIT_MS} ms.`;
    expect(failures.map(({ message }) => message)).toEqual([
      unusable("pfx", reason),
      unusable("pem", reason),
      unusable("old-pfx", reason),
    ]);
  });

  it("tells the identity that reads the vault from the gateway's own, and repeats no secret", async () => {
    const { message } = await loadFailure(world.source("pfx", { clientSecret: "not-the-secret" }));
    expect(message).toContain(
      unusable("pfx", "the app's own identity, which reads the vault, could not sign in: invalid_client:"),
    );
    expect(message).toContain("AADSTS7000215");
    expect(message).not.toContain("not-the-secret");
  });

  it("says that its identity is not accepted", async () => {
    const authority = `${world.entra.url}/${world.seed.tenant.id}`;
    const impostor = await startImpostor(world.tls, authority, "https://vault.azure.net");
    try {
      const { message } = await loadFailure(world.source("pfx", { keyVaultUrl: impostor.url }));
      expect(message).toBe(
        `${SOURCE}: certificate pfx in ${impostor.url} cannot be used: HTTP 401 (Unauthorized): the app's identity was not accepted; check its tenant.`,
      );
      const [sent] = impostor.authorizations;
      expect(sent).toMatch(/^Bearer ey/);
      expect(message).not.toContain(sent?.slice("Bearer ".length));
    } finally {
      await impostor.close();
    }
  });

  it("gives nobody at the vault's address a token to something else", async () => {
    const profile = `api://${world.seed.profile.clientId}`;
    const impostor = await startImpostor(world.tls, `${world.entra.url}/${world.seed.tenant.id}`, profile);
    const asked = world.entra.requests.length;
    try {
      const { message } = await loadFailure(world.source("pfx", { keyVaultUrl: impostor.url }));
      expect(message).toContain(
        `the vault asks for a token to ${profile}/.default, but only https://vault.azure.net/.default is its own.`,
      );
    } finally {
      await impostor.close();
    }
    expect(impostor.authorizations).toEqual([]);
    expect(world.entra.requests).toHaveLength(asked);
  });
});
