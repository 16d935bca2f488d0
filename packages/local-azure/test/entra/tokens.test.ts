import { createRemoteJWKSet, customFetch, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import { fetch } from "undici";
import { describe, expect, it } from "vitest";
import type { Forgery } from "../../src/entra/issueUserToken.ts";
import { oboParameters, requestToken, tokenA } from "./support/requests.ts";
import { useWorld } from "./support/world.ts";

describe("tokens, as jose sees them", () => {
  const world = useWorld();

  function keySet(path = `${world.seed.tenant.id}/discovery/v2.0/keys`) {
    return createRemoteJWKSet(new URL(`${world.entra.url}/${path}`), {
      [customFetch]: async (url, { method, headers, signal }) => {
        const response = await fetch(url, {
          dispatcher: world.dispatcher,
          method,
          headers: Object.fromEntries(headers),
          signal,
        });
        return Response.json(await response.json(), { status: response.status });
      },
    });
  }

  function verify(token: string, keys = keySet()) {
    const { tenant, gateway } = world.seed;
    return jwtVerify(token, keys, {
      algorithms: ["RS256"],
      issuer: `${world.entra.url}/${tenant.id}/v2.0`,
      audience: gateway.clientId,
    });
  }

  function forge(forgery: Forgery) {
    const { client, scopes } = world.seed;
    return world.entra.issueUserToken({ user: "alice", client: client.clientId, scope: scopes.gateway, forgery });
  }

  it.each(["discovery/v2.0/keys", "discovery/keys"])("verify with the keys at %s", async (path) => {
    const { payload } = await verify(await tokenA(world), keySet(`common/${path}`));
    expect(payload).toMatchObject({ ver: "2.0", scp: "access_as_user", tid: world.seed.tenant.id });
  });

  it("have the claims of version 2.0", async () => {
    const { client, gateway, users, tenant } = world.seed;
    const claims = decodeJwt(await tokenA(world));
    expect(claims).toEqual({
      aud: gateway.clientId,
      iss: `${world.entra.url}/${tenant.id}/v2.0`,
      iat: expect.any(Number),
      nbf: claims.iat,
      exp: expect.any(Number),
      azp: client.clientId,
      azpacr: "0",
      tid: tenant.id,
      uti: expect.any(String),
      ver: "2.0",
      name: "Alice",
      oid: users.alice.oid,
      preferred_username: "alice@contoso.example",
      amr: ["pwd"],
      scp: "access_as_user",
      sub: expect.any(String),
    });
    const lifetimeS = (claims.exp ?? 0) - (claims.iat ?? 0);
    expect(lifetimeS).toBeGreaterThanOrEqual(3600);
    expect(lifetimeS).toBeLessThanOrEqual(5400);
  });

  it("have the claims of version 1.0 when the resource wants them", async () => {
    const { client, gateway, tenant } = world.seed;
    gateway.accessTokenVersion = 1;
    try {
      const claims = decodeJwt(await tokenA(world));
      expect(claims).toMatchObject({
        aud: `api://${gateway.clientId}`,
        iss: `https://sts.windows.net/${tenant.id}/`,
        appid: client.clientId,
        appidacr: "0",
        upn: "alice@contoso.example",
        unique_name: "alice@contoso.example",
        ver: "1.0",
      });
      expect(claims).not.toHaveProperty("azp");
    } finally {
      gateway.accessTokenVersion = 2;
    }
  });

  it("last as long as the directory says", async () => {
    world.seed.directory.settings.accessTokenLifetimeMs = 120_000;
    const { iat = 0, exp = 0 } = decodeJwt(await tokenA(world));
    world.seed.directory.settings.accessTokenLifetimeMs = undefined;
    expect(exp - iat).toBe(120);
  });

  it("give one user another subject with each resource", async () => {
    const one = await tokenA(world);
    const { body } = await requestToken(world, oboParameters(world, one));
    expect(decodeJwt(body.access_token).sub).not.toBe(decodeJwt(one).sub);
    expect(decodeJwt(await tokenA(world)).sub).toBe(decodeJwt(one).sub);
  });

  it("can be altered, claim by claim", async () => {
    const { client, scopes } = world.seed;
    const override = { exp: 1, tid: "elsewhere", scp: undefined };
    const token = await world.entra.issueUserToken({
      user: "alice",
      client: client.clientId,
      scope: scopes.gateway,
      override,
    });
    expect(decodeJwt(token)).toMatchObject({ exp: 1, tid: "elsewhere" });
    expect(decodeJwt(token)).not.toHaveProperty("scp");
  });

  it("survive a new key while the old one stays, and not when it leaves", async () => {
    const before = await tokenA(world);
    await world.entra.rollKeys("stays");
    const after = await tokenA(world);
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    await verify(before);
    await verify(after);
    await world.entra.rollKeys("leaves");
    await expect(verify(after)).rejects.toThrow(errors.JWKSNoMatchingKey);
    await verify(await tokenA(world));
  });

  it.each<[string, Forgery]>([
    ["not signed", { alg: "none" }],
    ["signed with the public key as an HMAC secret", { alg: "HS256" }],
    ["signed with another algorithm", { alg: "PS256" }],
    ["signed with a key that nobody published", { foreignKey: true }],
    ["signed with an unknown kid", { kid: "unknown" }],
  ])("are refused by jose and as assertions when %s", async (_how, forgery) => {
    const forged = await forge(forgery);
    await expect(verify(forged)).rejects.toThrow(errors.JOSEError);
    const { status, body } = await requestToken(world, oboParameters(world, forged));
    expect([status, body.error, body.error_codes]).toEqual([400, "invalid_grant", [50013]]);
  });

  it("hands out the public key for such forgeries", () => {
    expect(world.entra.publicKeyPem()).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  });
});
