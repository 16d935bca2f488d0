import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API_VERSION, startVaultUnderTest, type VaultUnderTest } from "./vaultUnderTest.ts";

const NOW_MS = Date.UTC(2030, 0, 2);
const NOW_SECONDS = NOW_MS / 1_000;

describe("secrets", () => {
  let nowMs = NOW_MS;
  let test: VaultUnderTest;
  beforeAll(async () => {
    test = await startVaultUnderTest({ now: () => nowMs });
  });
  afterAll(() => test.close());

  it("are read by Azure's own client, newest version or any", async () => {
    const first = test.vault.setSecret("password", "one", "text/plain");
    const second = test.vault.setSecret("password", "two");
    const client = test.secretClient();
    expect(await client.getSecret("password")).toMatchObject({ value: "two", properties: { version: second } });
    const old = await client.getSecret("password", { version: first });
    expect(old).toMatchObject({
      name: "password",
      value: "one",
      properties: {
        contentType: "text/plain",
        enabled: true,
        createdOn: new Date(NOW_MS),
        updatedOn: new Date(NOW_MS),
        recoveryLevel: "Recoverable+Purgeable",
        id: `${test.vault.url}/secrets/password/${first}`,
        vaultUrl: test.vault.url,
      },
    });
    expect(old.properties.managed).toBeFalsy();
  });

  it("are written by Azure's own client", async () => {
    const client = test.secretClient();
    const [notBefore, expiresOn] = [new Date(NOW_MS - 1_000), new Date(NOW_MS + 1_000)];
    await client.setSecret("written", "value", { contentType: "c", tags: { a: "b" }, notBefore, expiresOn });
    expect(await client.getSecret("written")).toMatchObject({
      value: "value",
      properties: { contentType: "c", tags: { a: "b" }, notBefore, expiresOn },
    });
    expect((await test.ask(`/secrets/written?${API_VERSION}`)).json()).toMatchObject({
      attributes: { enabled: true, nbf: NOW_SECONDS - 1, exp: NOW_SECONDS + 1, created: NOW_SECONDS },
    });
  });

  it("list their versions, page by page, without the values", async () => {
    const versions = Array.from({ length: 30 }, (_, index) => test.vault.setSecret("many", `value ${index}`));
    const listed: (string | undefined)[] = [];
    for await (const { version } of test.secretClient().listPropertiesOfSecretVersions("many")) listed.push(version);
    expect(listed).toEqual(versions);
    const page = await test.ask(`/secrets/many/versions?${API_VERSION}&maxresults=2`);
    expect(page.json().value).toHaveLength(2);
    expect(page.json().nextLink).toMatch(/maxresults=2/);
    expect(page.body.toString()).not.toContain("value 0");
  });

  it.each(["maxresults=0", "maxresults=26", "maxresults=x", "%24skiptoken=x"])("refuse %s", async (query) => {
    expect((await test.ask(`/secrets/many/versions?${API_VERSION}&${query}`)).status).toBe(400);
  });

  it("that are not there, by name or by version, are not found", async () => {
    await expect(test.secretClient().getSecret("nobody")).rejects.toMatchObject({
      statusCode: 404,
      code: "SecretNotFound",
      message: expect.stringContaining("(name/id) nobody was not found"),
    });
    test.vault.setSecret("somebody", "x");
    await expect(test.secretClient().getSecret("somebody", { version: "0".repeat(32) })).rejects.toMatchObject({
      code: "SecretNotFound",
    });
    expect((await test.ask(`/secrets/nobody/versions?${API_VERSION}`)).status).toBe(404);
  });

  it("that are disabled are forbidden until they are enabled; another version can be read", async () => {
    const first = test.vault.setSecret("switched", "one");
    const second = test.vault.setSecret("switched", "two");
    nowMs += 5_000;
    test.vault.disableVersion("switched", second);
    const refused = await test.ask(`/secrets/switched?${API_VERSION}`);
    expect(refused.status).toBe(403);
    expect(refused.json()).toEqual({
      error: {
        code: "Forbidden",
        message: "Operation get is not allowed on a disabled secret.",
        innererror: { code: "SecretDisabled" },
      },
    });
    const client = test.secretClient();
    expect((await client.getSecret("switched", { version: first })).value).toBe("one");
    const { value: listed } = (await test.ask(`/secrets/switched/versions?${API_VERSION}`)).json();
    expect(listed).toMatchObject([{ attributes: { enabled: true } }, { attributes: { enabled: false } }]);
    test.vault.enableVersion("switched", second);
    const { value, properties } = await client.getSecret("switched");
    expect(value).toBe("two");
    expect(properties.updatedOn).toEqual(new Date(nowMs));
    expect(() => test.vault.disableVersion("switched", "none")).toThrow("switched/none was not found");
  });

  it("that are deleted are neither found nor replaceable until they are recovered", async () => {
    test.vault.setSecret("gone", "one");
    test.vault.removeSecret("gone");
    const client = test.secretClient();
    await expect(client.getSecret("gone")).rejects.toMatchObject({ code: "SecretNotFound" });
    await expect(client.setSecret("gone", "two")).rejects.toMatchObject({ statusCode: 409, code: "Conflict" });
    expect(() => test.vault.setSecret("gone", "two")).toThrow("deleted but recoverable");
    test.vault.recover("gone");
    expect((await client.getSecret("gone")).value).toBe("one");
    expect(() => test.vault.recover("gone")).toThrow("Nothing named gone is deleted");
    expect(() => test.vault.removeSecret("nobody")).toThrow("nobody was not found");
  });

  it.each<[string, string, number]>([
    ["no JSON", "the value of a secret", 400],
    ["no value", "{}", 400],
    ["a value that is not text", '{"value":1}', 400],
    ["a value of more than 25k bytes", JSON.stringify({ value: "ä".repeat(12_801) }), 400],
    ["an enormous body", "x".repeat(300_000), 413],
  ])("are not written from %s", async (_name, body, status) => {
    const answer = await test.ask(`/secrets/bad?${API_VERSION}`, { method: "PUT", body });
    expect(answer.status).toBe(status);
    expect(answer.body.toString()).not.toContain("the value");
    expect((await test.ask(`/secrets/bad?${API_VERSION}`)).status).toBe(404);
  });

  it("have names of letters, digits and hyphens, without regard to case", async () => {
    expect((await test.ask(`/secrets/a_b?${API_VERSION}`, { method: "PUT", body: '{"value":"x"}' })).status).toBe(400);
    expect(() => test.vault.setSecret("", "x")).toThrow("Invalid name");
    test.vault.setSecret("Mixed", "x");
    expect((await test.ask(`/secrets/mIXED?${API_VERSION}`)).status).toBe(200);
  });

  it("need an api-version", async () => {
    const answer = await test.ask("/secrets/password");
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({ error: { code: "BadParameter", message: "api-version must be specified" } });
  });

  it.each<["GET" | "POST" | "DELETE" | "PATCH", string]>([
    ["POST", "/keys/mine/1/wrapkey"],
    ["GET", "/keys"],
    ["DELETE", "/secrets/password"],
    ["PATCH", "/secrets/password/1"],
    ["GET", "/secrets"],
    ["GET", "/secrets/a/b/c"],
    ["DELETE", "/certificates/mine"],
    ["GET", "/"],
  ])("say plainly that %s %s is not there", async (method, path) => {
    const answer = await test.ask(`${path}?${API_VERSION}`, { method });
    expect(answer.status).toBe(501);
    expect(answer.json()).toMatchObject({
      error: { code: "NotImplemented", message: expect.stringContaining("does not implement") },
    });
  });
});
