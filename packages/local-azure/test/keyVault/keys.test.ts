import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { base64url, compactVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSelfSignedCertificate, type SelfSignedCertificate } from "../../src/keyVault/selfSigned.ts";
import { API_VERSION, startVaultUnderTest, type VaultUnderTest } from "./vaultUnderTest.ts";

const DAY_MS = 86_400_000;
// The SDK looks at a key's time too, with a clock of its own: it must be now.
const NOW_MS = Math.floor(Date.now() / 1_000) * 1_000;
const NOT_BEFORE_MS = NOW_MS - DAY_MS;
const NOT_AFTER_MS = NOW_MS + DAY_MS;
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const;

describe("the keys of certificates", () => {
  let nowMs = NOW_MS;
  let test: VaultUnderTest;
  let made: SelfSignedCertificate;
  let version: string;
  beforeAll(async () => {
    test = await startVaultUnderTest({ now: () => nowMs });
    made = await makeSelfSignedCertificate({ subject: "kept", notBeforeMs: NOT_BEFORE_MS, notAfterMs: NOT_AFTER_MS });
    version = test.vault.importCertificate("kept", {
      ...made,
      contentType: "application/x-pem-file",
      exportable: false,
    });
  });
  afterAll(() => test.close());

  const keyId = (of = version): string => `${test.vault.url}/keys/kept/${of}`;
  const signRaw = (alg: string, value: string, path = `kept/${version}`) =>
    test.ask(`/keys/${path}/sign?${API_VERSION}`, { method: "POST", body: JSON.stringify({ alg, value }) });
  const digest = base64url.encode(randomBytes(32));

  it.each(ALGORITHMS)("sign %s, so that others can verify it", async (alg) => {
    const header = base64url.encode(JSON.stringify({ alg }));
    const signed = `${header}.${base64url.encode("what is signed")}`;
    const hash = createHash(`sha${alg.slice(2)}`)
      .update(signed)
      .digest();
    const { result, keyID } = await test.cryptographyClient(keyId()).sign(alg, hash);
    expect(keyID).toBe(keyId());
    const jws = `${signed}.${base64url.encode(result)}`;
    const { publicKey } = new X509Certificate(made.certificatePem);
    await expect(compactVerify(jws, publicKey)).resolves.toMatchObject({ protectedHeader: { alg } });
  });

  it("sign with a new salt each time", async () => {
    const [one, two] = [await signRaw("PS256", digest), await signRaw("PS256", digest)];
    expect(one.json().kid).toBe(keyId());
    expect(one.json().value).not.toBe(two.json().value);
  });

  it("sign with keys of 3072 and 4096 bits", async () => {
    for (const bits of [3072, 4096]) {
      const large = await makeSelfSignedCertificate({
        subject: "l",
        notBeforeMs: NOT_BEFORE_MS,
        notAfterMs: NOT_AFTER_MS,
        bits,
      });
      test.vault.importCertificate(`large-${bits}`, { ...large, contentType: "application/x-pkcs12" });
      const signed = `${base64url.encode('{"alg":"PS256"}')}.${base64url.encode("x")}`;
      const hash = createHash("sha256").update(signed).digest("base64url");
      const { value } = (await signRaw("PS256", hash, `large-${bits}`)).json();
      const { publicKey } = new X509Certificate(large.certificatePem);
      await expect(compactVerify(`${signed}.${value}`, publicKey)).resolves.toBeDefined();
    }
  });

  it("show their public half, the newest or any version", async () => {
    const client = test.keyClient();
    const key = await client.getKey("kept");
    expect(key).toMatchObject({
      id: keyId(),
      keyType: "RSA",
      keyOperations: expect.arrayContaining(["sign", "verify"]),
      properties: {
        version,
        enabled: true,
        managed: true,
        notBefore: new Date(NOT_BEFORE_MS),
        expiresOn: new Date(NOT_AFTER_MS),
      },
    });
    const { n = "" } = new X509Certificate(made.certificatePem).publicKey.export({ format: "jwk" });
    expect(base64url.encode(key.key?.n ?? new Uint8Array())).toBe(n);
    expect(JSON.stringify((await test.ask(`/keys/kept?${API_VERSION}`)).json())).not.toMatch(/"(d|p|q)":/);
    const versions: (string | undefined)[] = [];
    for await (const each of client.listPropertiesOfKeyVersions("kept")) versions.push(each.version);
    expect(versions).toEqual([version]);
  });

  it("are named without a version for the newest", async () => {
    for (const path of ["kept", "kept/"]) {
      expect((await signRaw("RS256", digest, path)).json()).toMatchObject({ kid: keyId() });
    }
  });

  it("are the certificate client's as much as anybody's", async () => {
    const { cer, keyId: kid, policy, properties } = await test.certificateClient().getCertificate("kept");
    expect(new X509Certificate(Buffer.from(cer ?? [])).fingerprint256).toBe(
      new X509Certificate(made.certificatePem).fingerprint256,
    );
    expect(kid).toBe(keyId());
    expect(policy).toMatchObject({ exportable: false, keyType: "RSA", keySize: 2048 });
    expect(Buffer.from(properties.x509Thumbprint ?? []).toString("base64url")).toBe(made.thumbprintSha1);
  });

  it.each([
    ["RS256", 10, "Invalid length of 'value': 10 bytes. RS256 requires 32 bytes, encoded with base64url."],
    ["PS256", 48, "Invalid length of 'value': 48 bytes. PS256 requires 32 bytes, encoded with base64url."],
    ["PS512", 32, "Invalid length of 'value': 32 bytes. PS512 requires 64 bytes, encoded with base64url."],
  ])("do not sign %s of %i bytes", async (alg, bytes, message) => {
    const answer = await signRaw(alg, base64url.encode(randomBytes(bytes)));
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({ error: { code: "BadParameter", message } });
  });

  it("do not sign with the algorithm of another kind of key, or none", async () => {
    expect((await signRaw("ES256", digest)).json()).toMatchObject({
      error: { code: "BadParameter", message: expect.stringMatching(/^Key and signing algorithm are incompatible\. /) },
    });
    for (const alg of ["HS256", "none", ""]) expect((await signRaw(alg, digest)).status).toBe(400);
    expect((await signRaw("PS256", `${digest.slice(0, -1)}=`)).status).toBe(400);
    expect((await test.ask(`/keys/kept/${version}/sign?${API_VERSION}`, { method: "POST", body: "{" })).status).toBe(
      400,
    );
  });

  it("are not found under the name of a mere secret, nor in a version that is not there", async () => {
    test.vault.setSecret("mere", "x");
    for (const path of ["mere", "none", "kept/none"]) {
      const answer = await test.ask(`/keys/${path}?${API_VERSION}`);
      expect(answer.status).toBe(404);
      expect(answer.json()).toMatchObject({ error: { code: "KeyNotFound" } });
      expect((await signRaw("PS256", digest, path)).status).toBe(404);
    }
  });

  it("do nothing else here, and say so", async () => {
    const answer = await test.ask(`/keys/kept/${version}/decrypt?${API_VERSION}`, { method: "POST", body: "{}" });
    expect(answer.status).toBe(501);
    expect((await test.ask(`/keys/kept?${API_VERSION}`, { method: "DELETE" })).status).toBe(501);
    expect((await test.ask(`/secrets/kept/${version}/sign?${API_VERSION}`)).status).toBe(501);
  });

  it("sign nothing while disabled, before and after their time, but can be seen", async () => {
    test.vault.disableVersion("kept", version);
    const refusal = async () => (await signRaw("PS256", digest)).json();
    expect(await refusal()).toEqual({
      error: {
        code: "Forbidden",
        message: "Operation sign is not allowed on a disabled key.",
        innererror: { code: "KeyDisabled" },
      },
    });
    expect((await test.ask(`/keys/kept?${API_VERSION}`)).json()).toMatchObject({ attributes: { enabled: false } });
    test.vault.enableVersion("kept", version);
    const before = nowMs;
    nowMs = NOT_BEFORE_MS - 1;
    const early = await signRaw("PS256", digest);
    nowMs = NOT_AFTER_MS;
    const late = await signRaw("PS256", digest);
    nowMs = before;
    expect([early.status, late.status]).toEqual([403, 403]);
    expect(early.json()).toMatchObject({ error: { innererror: { code: "KeyNotYetValid" } } });
    expect(late.json()).toMatchObject({ error: { innererror: { code: "KeyExpired" } } });
    expect((await signRaw("PS256", digest)).status).toBe(200);
  });
});
