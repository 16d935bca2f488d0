import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CredentialSource } from "../../../shared/credentials/clientCredential.ts";
import { secretSource } from "../../../shared/credentials/credentialSources.ts";
import { base64Source, fileSource } from "../../../shared/credentials/fileSource.ts";
import { Secret, SecretBytes } from "../../../shared/secret.ts";
import { fixture, selfSigned } from "./support/certificates.ts";
import { loadFailure } from "./support/vault.ts";

const CLIENT = "20000000-0000-4000-8000-000000000001";
const PATH = "AzureAd__ClientCredentials__0 (Path)";
const BASE64 = "AzureAd__ClientCredentials__1 (Base64Encoded)";
const CORRECT = new Secret("correct");
const NONE = new Secret("");

describe("a certificate in the settings or on disk", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "obo-gateway-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const options = (source: string) => ({ clientId: CLIENT, sendX5C: false, now: Date.now, source });
  const fromBase64 = (value: string, password = NONE): CredentialSource =>
    base64Source(new SecretBytes(Buffer.from(value, "base64")), password, options(BASE64));

  async function fromFile(name: string, content: string | Buffer, password = NONE): Promise<CredentialSource> {
    const path = join(folder, name);
    await writeFile(path, content);
    return fileSource(path, password, options(PATH));
  }

  it("loads a .pfx and a .pem file", async () => {
    const { privateKeyPem, certificatePem } = await selfSigned();
    const pfx = await (await fromFile("own.pfx", fixture("aes256.pfx"), CORRECT)).load();
    expect(pfx.label).toMatch(/^AzureAd__ClientCredentials__0 \(Path\) certificate [0-9A-F]{64}$/);
    const pem = await (await fromFile("own.pem", privateKeyPem + certificatePem)).load();
    expect(pem.proof.kind).toBe("assertion");
  });

  it("sees a file that was replaced", async () => {
    const source = await fromFile("replaced.pfx", fixture("aes256.pfx"), CORRECT);
    const first = await source.load();
    const { privateKeyPem, certificatePem } = await selfSigned();
    await fromFile("replaced.pfx", privateKeyPem + certificatePem);
    const second = await source.load();
    expect(second.label).not.toBe(first.label);
    expect(source.canChange).toBe(true);
  });

  it("is read once while it stays the same, and again when it could not be used", async () => {
    const source = await fromFile("same.pfx", "half a file");
    await loadFailure(source);
    await fromFile("same.pfx", fixture("aes256.pfx"));
    const same = await fromFile("same.pfx", fixture("aes256.pfx"), CORRECT);
    const [first, second] = await Promise.all([same.load(), same.load()]);
    expect(second).toBe(first);
    await fromFile("same.pfx", fixture("aes256.pfx"));
    expect(await same.load()).toBe(first);
    const fixed = fromBase64(fixture("aes256.pfx").toString("base64"), CORRECT);
    expect(await fixed.load()).toBe(await fixed.load());
    expect(fixed.canChange).toBe(false);
  });

  it("loads either form from base64", async () => {
    const { privateKeyPem, certificatePem } = await selfSigned();
    await expect(fromBase64(fixture("rc2-40.pfx").toString("base64"), CORRECT).load()).resolves.toBeDefined();
    const pem = Buffer.from(privateKeyPem + certificatePem).toString("base64");
    await expect(fromBase64(pem).load()).resolves.toBeDefined();
  });

  it("says which setting, which file and what is wrong", async () => {
    const missing = fileSource(join(folder, "missing.pfx"), NONE, options(PATH));
    expect((await loadFailure(missing)).message).toMatch(
      /^AzureAd__ClientCredentials__0 \(Path\): The certificate file .+missing\.pfx cannot be used: ENOENT: no such file or directory/,
    );
    const wrongPassword = await fromFile("locked.pfx", fixture("aes256.pfx"), new Secret("not-the-password"));
    const { message } = await loadFailure(wrongPassword);
    expect(message).toMatch(/locked\.pfx cannot be used: PKCS#12 MAC could not be verified\. Invalid password\?/);
    expect(message).not.toContain("not-the-password");
    const empty = await fromFile("empty.pfx", "");
    expect((await loadFailure(empty)).message).toContain("empty.pfx cannot be used: it is neither PEM nor PKCS#12");
  });

  it("says the same of a setting, and nothing of its value", async () => {
    const value = Buffer.from("hunter2 is no certificate").toString("base64");
    const { message } = await loadFailure(fromBase64(value));
    expect(message).toBe(
      "AzureAd__ClientCredentials__1 (Base64Encoded): Base64EncodedValue cannot be used: it is neither PEM nor PKCS#12, or is incomplete.",
    );
    expect((await loadFailure(fromBase64("%%% not base64 %%%"))).message).toContain(
      "Base64EncodedValue cannot be used",
    );
  });
});

describe("secretSource", () => {
  it("gives the secret, and prints nothing of it", async () => {
    const source = secretSource(new Secret("hunter2"), "AzureAd__ClientCredentials__0 (ClientSecret)");
    const credential = await source.load();
    expect(await source.load()).toBe(credential);
    expect(source.canChange).toBe(false);
    expect(credential.expiresOnMs).toBeUndefined();
    expect(credential.proof.kind === "secret" && credential.proof.secret.reveal()).toBe("hunter2");
    expect(inspect(credential, { depth: 9, showHidden: true }) + JSON.stringify(credential)).not.toContain("hunter2");
  });
});
