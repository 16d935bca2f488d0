import { X509Certificate } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { inspect } from "node:util";
import { registerApp } from "@obo-gateway/local-azure/entra/registration.ts";
import { decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ClientCredential } from "../../../shared/credentials/clientCredential.ts";
import { CredentialLoadError } from "../../../shared/credentials/clientCredential.ts";
import type { KeyAndCertificate } from "./support/certificates.ts";
import { selfSigned } from "./support/certificates.ts";
import { startImpostor } from "./support/impostor.ts";
import type { VaultSourceOptions } from "./support/vault.ts";
import { loadFailure, SOURCE, useVault } from "./support/vault.ts";

const TOKEN_ENDPOINT = "https://login.microsoftonline.com/10000000-0000-4000-8000-000000000001/oauth2/v2.0/token";
const SIGNER_SECRET = "the signer's own";
const HALF_LIFE_MS = 300_000;
const USED_MS = 540_000;
const TIME_LIMIT_MS = 8_000;
const SLACK_MS = 3_000;

describe("vaultSignedSource, with the real SDK", () => {
  const world = useVault();
  let made: KeyAndCertificate;
  let signer: VaultSourceOptions;
  let nowMs: number;
  beforeAll(async () => {
    made = await selfSigned();
    const { clientId } = registerApp(world.seed.directory, {
      tenantId: world.seed.tenant.id,
      secrets: [{ keyId: "test", value: SIGNER_SECRET, endMs: Date.now() + HALF_LIFE_MS * 10 }],
    });
    // The least: this certificate's public part, and its key's operations.
    world.vault.assignRole(clientId, "Key Vault Certificate User", "/certificates/locked");
    world.vault.assignRole(clientId, "Key Vault Crypto User", "/keys/locked");
    signer = { clientId, clientSecret: SIGNER_SECRET, now: () => nowMs };
  });
  beforeEach(() => {
    nowMs = Date.now();
    add(made);
  });
  const add = (source: KeyAndCertificate): string =>
    world.vault.importCertificate("locked", { ...source, contentType: "application/x-pem-file", exportable: false });
  const load = (more: VaultSourceOptions = {}) => world.signedSource("locked", { ...signer, ...more }).load();
  const paths = () =>
    world.vault.requests.map(({ method, path }) => `${method} ${path.replaceAll(/\/+/g, "/").replace(/\/$/, "")}`);
  /** Not counting the call to which the vault answers where to get a token. */
  const signatures = (from: number) =>
    world.vault.requests.slice(from).filter(({ path, status }) => path.endsWith("/sign") && status === 200).length;
  const settled = async () => {
    for (let turn = 0; turn < 100; turn++) await setImmediate();
  };

  it("has Key Vault sign what Entra ID asks for, with the least roles and never the private key", async () => {
    const calls = world.vault.requests.length;
    const credential = await load();
    const { publicKey, fingerprint256, validTo } = new X509Certificate(made.certificatePem);
    const thumbprint = fingerprint256.replaceAll(":", "");
    expect(credential.label).toBe(`${SOURCE} certificate ${thumbprint}`);
    expect(credential.expiresOnMs).toBe(Date.parse(validTo));
    const { payload, protectedHeader } = await jwtVerify(await sign(credential), publicKey, {
      algorithms: ["PS256"],
      audience: TOKEN_ENDPOINT,
      issuer: world.seed.gateway.clientId,
      subject: world.seed.gateway.clientId,
    });
    const x5t = Buffer.from(thumbprint, "hex").toString("base64url");
    expect(protectedHeader).toEqual({ alg: "PS256", typ: "JWT", "x5t#S256": x5t });
    expect(payload).toMatchObject({ jti: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(Number(payload.exp) - Number(payload.nbf)).toBe(600);
    const version = world.vault.versionsOf("locked").at(-1);
    expect(new Set(paths().slice(calls))).toEqual(
      new Set(["GET /certificates/locked", `POST /keys/locked/${version}/sign`]),
    );
    expect(inspect(credential, { depth: 9, showHidden: true })).not.toContain("eyJ");
  });

  it("sends the certificate along when it is asked for", async () => {
    const { x5c } = decodeProtectedHeader(await sign(await load({ sendX5C: true })));
    expect(x5c).toEqual([new X509Certificate(made.certificatePem).raw.toString("base64")]);
  });

  it("makes one credential of a version, which signs with that version's key even when there is a newer one", async () => {
    const source = world.signedSource("locked", signer);
    const [first, meanwhile] = await Promise.all([source.load(), source.load()]);
    expect(meanwhile).toBe(first);
    expect(await source.load()).toBe(first);
    const newer = await selfSigned();
    add(newer);
    const second = await source.load();
    expect(second).not.toBe(first);
    await expect(
      jwtVerify(await sign(first), new X509Certificate(made.certificatePem).publicKey),
    ).resolves.toBeDefined();
    await expect(
      jwtVerify(await sign(second), new X509Certificate(newer.certificatePem).publicKey),
    ).resolves.toBeDefined();
    expect(source.canChange).toBe(true);
  });

  it("signs once for all that ask, and again before the assertion expires", async () => {
    const credential = await load();
    const calls = world.vault.requests.length;
    const many = await Promise.all(Array.from({ length: 100 }, () => sign(credential)));
    expect(new Set(many).size).toBe(1);
    expect(signatures(calls)).toBe(1);
    expect(decodeJwt(await sign(credential, `${TOKEN_ENDPOINT}/other`)).aud).toBe(`${TOKEN_ENDPOINT}/other`);
    expect(signatures(calls)).toBe(2);
    nowMs += USED_MS + 1_000;
    expect(await sign(credential)).not.toBe(many[0]);
    expect(signatures(calls)).toBe(3);
  });

  it("bridges the time in which Key Vault is down", async () => {
    const credential = await load();
    const assertion = await sign(credential);
    nowMs += HALF_LIFE_MS + 1_000;
    await world.vault.faults.down();
    try {
      for (let call = 0; call < 20; call++) expect(await sign(credential)).toBe(assertion);
      await settled();
      nowMs += USED_MS - HALF_LIFE_MS;
      await expect(sign(credential)).rejects.toThrow(CredentialLoadError);
      await expect(sign(credential)).rejects.toThrow(
        new RegExp(
          `^AzureAd__ClientCredentials__0 \\(KeyVault\\): the key of certificate locked in ${world.vault.url} did not sign: connect ECONNREFUSED`,
        ),
      );
    } finally {
      await world.vault.faults.up();
    }
    expect(await sign(credential)).not.toBe(assertion);
  });

  it.each([
    [
      "a missing role",
      () => world.vault.faults.forbidden("rbac", { pathPrefix: "/keys" }),
      /did not sign: HTTP 403 \(Forbidden\): the app's identity may not sign with it.+Key Vault Crypto User on the key/,
    ],
    [
      "a key that was disabled since",
      () => world.vault.disableVersion("locked", world.vault.versionsOf("locked").at(-1) ?? ""),
      /did not sign: HTTP 403 .+the key must be enabled\.$/,
    ],
    [
      "throttling",
      () => world.vault.faults.throttled(0, { pathPrefix: "/keys" }),
      /did not sign: HTTP 429 \(Throttled\): the vault is throttling\.$/,
    ],
    [
      "500",
      () => world.vault.faults.failing(500, { pathPrefix: "/keys" }),
      /did not sign: HTTP 500 \(InternalServerError\): the vault is out of order\.$/,
    ],
  ])("says why the vault did not sign: %s", async (_what, fault, message) => {
    const credential = await load();
    fault();
    await expect(sign(credential)).rejects.toThrow(CredentialLoadError);
    await expect(sign(credential)).rejects.toThrow(message);
  });

  it("says which time the vault did not keep", async () => {
    const credential = await load();
    world.vault.faults.hang({ pathPrefix: "/keys" });
    const startedMs = performance.now();
    await expect(sign(credential)).rejects.toThrow(
      `did not sign: no answer from the vault, or from the sign-in that it asks for, within ${TIME_LIMIT_MS} ms.`,
    );
    expect(performance.now() - startedMs).toBeLessThan(TIME_LIMIT_MS + SLACK_MS);
  });

  it("refuses a certificate with which nothing can be signed", async () => {
    const small = await selfSigned(1_024);
    add(small);
    expect((await loadFailure(world.signedSource("locked", signer))).message).toBe(
      `${SOURCE}: certificate locked in ${world.vault.url} cannot be used: its key must be RSA with 2048 to 4096 bits, and has 1024 bits.`,
    );
    const version = add(made);
    world.vault.disableVersion("locked", version);
    expect((await loadFailure(world.signedSource("locked", signer))).message).toContain(
      `its version ${version} is disabled.`,
    );
  });

  it("says what is missing", async () => {
    const other = world.signedSource("other", signer);
    world.vault.importCertificate("other", { ...made, contentType: "application/x-pem-file" });
    expect((await loadFailure(other)).message).toContain(
      "it needs the role Key Vault Certificate User on the certificate.",
    );
    world.vault.grant(signer.clientId ?? "", ["certificates/get"]);
    expect((await loadFailure(world.signedSource("nothing", signer))).message).toContain(
      "there is no such certificate, or it was deleted.",
    );
  });

  it("gives nobody at the vault's address a token to something else", async () => {
    const profile = `api://${world.seed.profile.clientId}`;
    const impostor = await startImpostor(world.tls, `${world.entra.url}/${world.seed.tenant.id}`, profile);
    try {
      const source = world.signedSource("locked", { ...signer, keyVaultUrl: impostor.url });
      expect((await loadFailure(source)).message).toContain(`the vault asks for a token to ${profile}/.default`);
      expect(impostor.authorizations).toEqual([]);
    } finally {
      await impostor.close();
    }
  });
});

function sign({ proof }: ClientCredential, tokenEndpoint = TOKEN_ENDPOINT): Promise<string> {
  if (proof.kind !== "assertion") throw new Error("A certificate proves itself by an assertion.");
  return proof.sign(tokenEndpoint);
}
