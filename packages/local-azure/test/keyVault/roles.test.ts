import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROLES, type Role } from "../../src/keyVault/roles.ts";
import { makeSelfSignedCertificate } from "../../src/keyVault/selfSigned.ts";
import { API_VERSION, startVaultUnderTest, type VaultUnderTest } from "./vaultUnderTest.ts";

describe("roles of Azure RBAC", () => {
  let test: VaultUnderTest;
  beforeAll(async () => {
    test = await startVaultUnderTest({ model: "rbac" });
    const now = Date.now();
    const made = await makeSelfSignedCertificate({
      subject: "a",
      notBeforeMs: now - 60_000,
      notAfterMs: now + 60_000_000,
    });
    for (const name of ["one", "two"]) {
      test.vault.importCertificate(name, { ...made, contentType: "application/x-pkcs12" });
    }
  });
  afterAll(() => test.close());

  const body = JSON.stringify({ alg: "PS256", value: randomBytes(32).toString("base64url") });
  async function allowed(token: string, name = "one") {
    const status = async (path: string, method: "GET" | "POST" = "GET"): Promise<boolean> =>
      (await test.askWith(token, `${path}?${API_VERSION}`, { method, ...(method === "POST" && { body }) })).status ===
      200;
    return {
      secret: await status(`/secrets/${name}`),
      certificate: await status(`/certificates/${name}`),
      key: await status(`/keys/${name}`),
      sign: await status(`/keys/${name}/sign`, "POST"),
    };
  }

  it.each<[Role, string[]]>([
    ["Key Vault Secrets User", ["secret"]],
    ["Key Vault Certificate User", ["secret", "certificate", "key"]],
    ["Key Vault Crypto User", ["key", "sign"]],
    ["Key Vault Reader", ["certificate", "key"]],
    ["Key Vault Administrator", ["secret", "certificate", "key", "sign"]],
  ])("%s may do no more than %j", async (role, may) => {
    const oid = randomUUID();
    test.vault.assignRole(oid, role);
    const can = Object.entries(await allowed(await test.token({ oid })));
    expect(can.filter(([, yes]) => yes).map(([what]) => what)).toEqual(may);
  });

  it("are all tried above", () => {
    expect(Object.keys(ROLES)).toHaveLength(5);
  });

  it("can be for one object only, until they are taken away", async () => {
    const oid = randomUUID();
    test.vault.assignRole(oid, "Key Vault Crypto User", "/keys/ONE");
    const token = await test.token({ oid });
    expect(await allowed(token)).toEqual({ secret: false, certificate: false, key: true, sign: true });
    expect(await allowed(token, "two")).toEqual({ secret: false, certificate: false, key: false, sign: false });
    test.vault.revoke(oid, ["keys/sign"]);
    expect(await allowed(token)).toMatchObject({ key: true, sign: false });
  });

  it("are named in a refusal by their data action", async () => {
    const oid = randomUUID();
    test.vault.assignRole(oid, "Key Vault Reader");
    const answer = await test.askWith(await test.token({ oid }), `/keys/one/sign?${API_VERSION}`, {
      method: "POST",
      body,
    });
    expect(answer.json()).toMatchObject({
      error: {
        message: expect.stringContaining("Action: 'Microsoft.KeyVault/vaults/keys/sign/action'"),
        innererror: { code: "ForbiddenByRbac" },
      },
    });
  });

  it("do not exist where access policies guard the vault", async () => {
    const guarded = await startVaultUnderTest();
    expect(() => guarded.vault.assignRole("x", "Key Vault Reader")).toThrow("access policies has no roles");
    await guarded.close();
  });
});
