import { ClientAssertionCredential, ManagedIdentityCredential } from "@azure/identity";
import { decodeJwt } from "jose";
import { fetch } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { TOKEN_EXCHANGE } from "../../src/entra/federatedAssertion.ts";
import type { ManagedIdentity } from "../../src/managedIdentity/identities.ts";
import { type LocalManagedIdentity, startManagedIdentity } from "../../src/managedIdentity/managedIdentity.ts";
import { useWorld } from "../entra/support/world.ts";

const VAULT = "https://vault.azure.net";
const VERSION = "2019-08-01";
const user: ManagedIdentity = {
  kind: "user",
  clientId: "60000000-0000-4000-8000-00000000000a",
  principalId: "60000000-0000-4000-8000-00000000000b",
  resourceId: "/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i",
};
const system: ManagedIdentity = {
  kind: "system",
  clientId: "60000000-0000-4000-8000-00000000000c",
  principalId: "60000000-0000-4000-8000-00000000000d",
};

describe("the managed identity endpoint of App Service", () => {
  const world = useWorld();
  let endpoint: LocalManagedIdentity;
  beforeAll(async () => {
    const { entra, seed } = world;
    endpoint = await startManagedIdentity({ entra, tenant: seed.tenant, identities: [user, system] });
  });
  beforeEach(() => {
    for (const [name, value] of Object.entries(endpoint.settings)) vi.stubEnv(name, value);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    endpoint.faults.clear();
  });
  afterAll(() => endpoint.close());

  async function ask(query: Record<string, string>, headers: Record<string, string> = {}, init: RequestInit = {}) {
    const { IDENTITY_ENDPOINT: url, IDENTITY_HEADER: header } = endpoint.settings;
    const answer = await fetch(`${url}?${new URLSearchParams(query)}`, {
      method: init.method ?? "GET",
      signal: init.signal ?? null,
      headers: { "X-IDENTITY-HEADER": header, ...headers },
    });
    const body = (await answer.json()) as Record<string, unknown>;
    return { status: answer.status, retryAfter: answer.headers.get("retry-after"), body };
  }
  const whole = { resource: VAULT, "api-version": VERSION };

  it("gives Azure's own client the token of a user-assigned identity, by client id", async () => {
    const { token, expiresOnTimestamp } = await new ManagedIdentityCredential({ clientId: user.clientId }).getToken(
      `${VAULT}/.default`,
    );
    expect(decodeJwt(token)).toMatchObject({
      iss: `https://sts.windows.net/${world.seed.tenant.id}/`,
      aud: VAULT,
      appid: user.clientId,
      oid: user.principalId,
      sub: user.principalId,
      idtyp: "app",
    });
    expect(expiresOnTimestamp).toBe((decodeJwt(token).exp ?? 0) * 1000);
  });

  it("gives it that of the system-assigned identity, and of one named by its resource or object", async () => {
    const scope = `${VAULT}/.default`;
    const oidOf = async (credential: ManagedIdentityCredential) =>
      decodeJwt((await credential.getToken(scope)).token).oid;
    expect(await oidOf(new ManagedIdentityCredential())).toBe(system.principalId);
    const { resourceId = "" } = user;
    expect(await oidOf(new ManagedIdentityCredential({ resourceId }))).toBe(user.principalId);
    expect(await oidOf(new ManagedIdentityCredential({ objectId: user.principalId }))).toBe(user.principalId);
  });

  it("gives a token that Entra ID takes instead of a secret", async () => {
    const { tenant, gateway, ledger } = world.seed;
    const issuer = `${world.entra.url}/${tenant.id}/v2.0`;
    const identity = new ManagedIdentityCredential({ clientId: user.clientId });
    const assertion = async () => (await identity.getToken(`${TOKEN_EXCHANGE.appIdUri}/.default`)).token;
    expect(decodeJwt(await assertion())).toMatchObject({
      iss: issuer,
      aud: TOKEN_EXCHANGE.clientId,
      sub: user.principalId,
      ver: "2.0",
    });
    const credentials = world.entra.credentialsOf(gateway.clientId);
    credentials.addFederated({ issuer, subject: user.principalId, audience: TOKEN_EXCHANGE.appIdUri });
    const app = new ClientAssertionCredential(tenant.id, gateway.clientId, assertion, {
      authorityHost: world.entra.url,
      disableInstanceDiscovery: true,
      tlsOptions: { ca: world.certificatePem },
    });
    await app.getToken(`api://${ledger.clientId}/.default`);
    expect(world.entra.requests.at(-1)?.proof).toEqual({ kind: "federated", issuer, subject: user.principalId });
  });

  it("answers in the original's form", async () => {
    const { status, body } = await ask({ ...whole, client_id: user.clientId });
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      expires_on: expect.stringMatching(/^\d{10}$/),
      resource: VAULT,
      token_type: "Bearer",
      client_id: user.clientId.toUpperCase(),
    });
    const { exp = 0, iat = 0 } = decodeJwt(String(body.access_token));
    expect(body.expires_on).toBe(String(exp));
    expect(exp - iat).toBe(86_400);
  });

  it("gives tokens that live as long as one wants", async () => {
    endpoint.setTokenLifetime(60_000);
    const { exp = 0, iat = 0 } = decodeJwt(String((await ask(whole)).body.access_token));
    endpoint.setTokenLifetime(86_400_000);
    expect(exp - iat).toBe(60);
  });

  it.each<[string, Record<string, string>, number, RegExp]>([
    [
      "an identity that is not assigned",
      { ...whole, client_id: "other" },
      400,
      /^No User Assigned or Delegated Managed Identity found for specified ClientId\/ResourceId\/PrincipalId\.$/,
    ],
    ["the system's identity by its client id", { ...whole, client_id: system.clientId }, 400, /^No User Assigned/],
    ["no resource", { "api-version": VERSION }, 400, /'resource' is missing/],
    ["an unknown resource", { ...whole, resource: "https://unknown.example" }, 400, /^AADSTS500011: /],
    ["no api-version", { resource: VAULT }, 400, /Unsupported api-version/],
    ["the older api-version", { ...whole, "api-version": "2017-09-01" }, 400, /Unsupported api-version '2017-09-01'/],
  ])("refuses %s", async (_what, query, status, message) => {
    const answer = await ask(query);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      statusCode: status,
      message: expect.stringMatching(message),
      correlationId: expect.any(String),
    });
  });

  it("refuses whoever does not know the header, and anything but GET", async () => {
    expect((await ask(whole, { "X-IDENTITY-HEADER": "guess" })).status).toBe(401);
    expect((await ask(whole, { "X-IDENTITY-HEADER": "" })).status).toBe(401);
    expect((await ask(whole, {}, { method: "POST" })).status).toBe(405);
  });

  it("says so when there is no system-assigned identity, until there is one", async () => {
    endpoint.unassign(system.clientId);
    expect((await ask(whole)).body).toMatchObject({ statusCode: 400, message: expect.stringMatching(/^No Managed/) });
    endpoint.assign(system);
    expect((await ask(whole)).status).toBe(200);
    expect(() => endpoint.assign(system)).toThrow("at most one");
  });

  it("throttles and fails, for a number of requests", async () => {
    endpoint.faults.throttled(3, { requests: 1 });
    endpoint.faults.failing(500, { requests: 1 });
    const [first, second, third] = [await ask(whole), await ask(whole), await ask(whole)];
    expect([first.status, first.retryAfter, second.status, third.status]).toEqual([429, "3", 500, 200]);
    expect(() => endpoint.faults.failing(404)).toThrow(RangeError);
  });

  it("hangs, and goes down and up again", async () => {
    endpoint.faults.hang({ requests: 1 });
    const giveUp = new AbortController();
    const leave = endpoint.onArrival(() => giveUp.abort(new Error("given up")));
    await expect(ask(whole, {}, { signal: giveUp.signal })).rejects.toThrow("given up");
    leave();
    await endpoint.faults.down();
    await expect(ask(whole)).rejects.toThrow("fetch failed");
    await endpoint.faults.up();
    expect((await ask(whole)).status).toBe(200);
  });

  it("remembers who asked for what, and no token", async () => {
    await ask({ ...whole, client_id: user.clientId });
    expect(endpoint.requests.at(-1)).toMatchObject({ resource: VAULT, clientId: user.clientId });
    expect(JSON.stringify(endpoint.requests)).not.toMatch(/eyJ/);
  });
});
