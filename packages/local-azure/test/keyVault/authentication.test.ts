import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TokenClaims } from "../support/tokenIssuer.ts";
import { API_VERSION, startVaultUnderTest, type VaultUnderTest } from "./vaultUnderTest.ts";

const PATH = `/secrets/mine?${API_VERSION}`;

describe("who may call Key Vault", () => {
  let test: VaultUnderTest;
  beforeAll(async () => {
    test = await startVaultUnderTest();
    test.vault.setSecret("mine", "the value");
  });
  afterAll(() => test.close());

  it("sends a caller without a token to where tokens are", async () => {
    const answer = await test.askWith(undefined, PATH);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(
      `Bearer authorization="${test.issuer.url}/${test.issuer.tenantId}", resource="https://vault.azure.net"`,
    );
    expect(answer.json()).toEqual({
      error: { code: "Unauthorized", message: "AKV10000: Request is missing a Bearer or PoP token." },
    });
  });

  it.each<[string, TokenClaims]>([
    ["its resource", { aud: "https://vault.azure.net" }],
    ["its application id", { aud: "cfa8b339-82a2-471a-a3c9-0fc0be7a4093" }],
  ])("takes %s as audience", async (_name, claims) => {
    expect((await test.askWith(await test.token(claims), PATH)).json()).toMatchObject({ value: "the value" });
  });

  it("takes a v1.0 token", async () => {
    const iss = `https://sts.windows.net/${test.issuer.tenantId}/`;
    expect((await test.askWith(await test.token({ iss }), PATH)).status).toBe(200);
  });

  it.each<[TokenClaims, RegExp]>([
    [{ aud: "https://graph.microsoft.com" }, /^AKV10022: Invalid audience\. .*found: https:\/\/graph/],
    [{ aud: "https://vault.azure.net/" }, /^AKV10022/],
    [{ iss: "https://sts.windows.net/another/" }, /^AKV10032: Invalid issuer\. .*found https:\/\/sts/],
    [{ exp: 1 }, /has expired/],
  ])("challenges again for a token with %o", async (claims, message) => {
    const answer = await test.askWith(await test.token(claims), PATH);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toMatch(/^Bearer authorization=/);
    expect(answer.json()).toMatchObject({ error: { message: expect.stringMatching(message) } });
  });

  it("challenges again for a forged token", async () => {
    const forged = await test.issuer.forgedToken({ aud: "https://vault.azure.net", oid: test.principal });
    expect((await test.askWith(forged, PATH)).status).toBe(401);
  });

  it("knows a principal by object id or by application id, of v1.0 and v2.0 tokens, in any case", async () => {
    const app = randomUUID();
    test.vault.grant(app.toUpperCase(), ["secrets/get"]);
    for (const claims of [{ oid: app }, { oid: "x", appid: app }, { oid: undefined, azp: app }]) {
      expect((await test.askWith(await test.token(claims), PATH)).status).toBe(200);
    }
  });

  it("refuses a principal without the permission, and the permission once it is revoked", async () => {
    const oid = randomUUID();
    const token = await test.token({ oid, azp: "the-app" });
    const before = await test.askWith(token, PATH);
    expect(before.status).toBe(403);
    expect(before.json()).toMatchObject({
      error: {
        code: "Forbidden",
        message: expect.stringContaining(`appid=the-app;oid=${oid};iss=${test.issuer.url}`),
        innererror: { code: "ForbiddenByPolicy" },
      },
    });
    test.vault.grant(oid, ["secrets/get", "certificates/get"]);
    expect((await test.askWith(token, PATH)).status).toBe(200);
    test.vault.revoke(oid, ["secrets/get"]);
    expect((await test.askWith(token, PATH)).status).toBe(403);
    test.vault.revoke(oid);
    expect((await test.askWith(token, `/certificates/none?${API_VERSION}`)).status).toBe(403);
  });

  it.each<[method: "GET" | "PUT", path: string, missing: string]>([
    ["GET", "/secrets/mine", "secrets get"],
    ["GET", "/secrets/mine/versions", "secrets list"],
    ["PUT", "/secrets/mine", "secrets set"],
    ["GET", "/certificates/mine", "certificates get"],
    ["GET", "/certificates/mine/versions", "certificates list"],
  ])("%s %s needs the permission %s", async (method, path, missing) => {
    const stranger = await test.token({ oid: randomUUID() });
    const answer = await test.askWith(stranger, `${path}?${API_VERSION}`, { method });
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ error: { message: expect.stringContaining(`${missing} permission`) } });
  });

  it("says that it could not check a token, rather than that the token is wrong", async () => {
    const alone = await startVaultUnderTest();
    const token = await alone.token();
    await alone.issuer.close();
    const answer = await alone.askWith(token, PATH);
    await alone.close();
    expect(answer.status).toBe(503);
    expect(answer.json()).toMatchObject({ error: { message: expect.stringContaining("discovery/v2.0/keys") } });
  });

  it("words a missing role as RBAC does", async () => {
    const guarded = await startVaultUnderTest({ model: "rbac" });
    const answer = await guarded.askWith(await guarded.token({ oid: "stranger" }), PATH);
    await guarded.close();
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({
      error: {
        message: expect.stringContaining("Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'"),
        innererror: { code: "ForbiddenByRbac" },
      },
    });
  });
});
