import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { exchange } from "./support/exchange.ts";
import { useWorld } from "./support/world.ts";

describe("the on-behalf-of grant", () => {
  const world = useWorld();

  it("answers with token B and nothing that was not asked for", async () => {
    const { status, headers, body, members } = await exchange(world);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ "content-type": "application/json; charset=utf-8" });
    expect(headers["cache-control"]).toContain("no-store");
    expect(members).toEqual(["token_type", "scope", "expires_in", "ext_expires_in", "access_token"]);
    expect(body).toMatchObject({ token_type: "Bearer", scope: world.seed.scopes.profile });
    const { exp = 0, iat = 0 } = decodeJwt(body.access_token);
    expect(exp - iat - body.expires_in).toBeLessThanOrEqual(1);
  });

  it("adds a refresh token, an id token and client info when asked", async () => {
    const scope = `openid offline_access ${world.seed.scopes.profile}`;
    const { body } = await exchange(world, { scope, client_info: "1" });
    expect(body).toMatchObject({ refresh_token: expect.any(String), client_info: expect.any(String) });
    expect(decodeJwt(String(body.id_token))).toMatchObject({ aud: world.seed.gateway.clientId, name: "Alice" });
  });

  it("takes a v1.0 token A, and issues a v1.0 token B for the resource as it was named", async () => {
    const { gateway, profile } = world.seed;
    gateway.accessTokenVersion = 1;
    profile.accessTokenVersion = 1;
    try {
      const { body } = await exchange(world);
      expect(decodeJwt(body.access_token)).toMatchObject({
        aud: `api://${profile.clientId}`,
        appid: gateway.clientId,
        appidacr: "1",
        ver: "1.0",
      });
    } finally {
      gateway.accessTokenVersion = 2;
      profile.accessTokenVersion = 2;
    }
  });

  it("gives all consented scopes for .default", async () => {
    const scope = `${world.seed.profile.clientId}/.default`;
    const { body } = await exchange(world, { scope });
    expect(decodeJwt(body.access_token).scp).toBe("Profile.Read");
    expect(body.scope).toBe(`${world.seed.profile.clientId}/Profile.Read`);
  });

  it("echoes client-request-id when asked, and uses it as the correlation id of errors", async () => {
    const id = "6f0c8c1e-8a2b-4a63-b2bb-5c3c5c7c3b5d";
    const headers = { "client-request-id": id, "return-client-request-id": "true" };
    const { headers: answered, body } = await exchange(world, { scope: undefined }, undefined, { headers });
    expect(answered["client-request-id"]).toBe(id);
    expect(body).toMatchObject({ correlation_id: id, trace_id: answered["x-ms-request-id"] });
    expect((await exchange(world)).headers).not.toHaveProperty("client-request-id");
  });
});
