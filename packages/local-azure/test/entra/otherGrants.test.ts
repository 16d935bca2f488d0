import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { oboParameters, type Parameters, type RequestOptions, requestToken } from "./support/requests.ts";
import { useWorld } from "./support/world.ts";

describe("other grants", () => {
  const world = useWorld();

  async function refusal(answer: ReturnType<typeof requestToken>) {
    const { status, body } = await answer;
    return [status, body.error, body.error_codes[0]];
  }

  describe("client credentials", () => {
    const request = (override: Parameters = {}, options?: RequestOptions) =>
      requestToken(
        world,
        {
          grant_type: "client_credentials",
          client_id: world.seed.gateway.clientId,
          client_secret: world.seed.gatewaySecret,
          scope: `api://${world.seed.ledger.clientId}/.default`,
          ...override,
        },
        options,
      );

    it("give an app-only token with the roles that were assigned", async () => {
      const { directory, gateway, ledger, tenant } = world.seed;
      const principalOid = gateway.servicePrincipals.get(tenant.id) ?? "";
      expect(decodeJwt((await request()).body.access_token)).not.toHaveProperty("roles");
      directory.roleAssignments.push({ principalOid, resourceId: ledger.clientId, role: "Ledger.Write.All" });
      const { body, members } = await request();
      expect(decodeJwt(body.access_token)).toMatchObject({
        aud: ledger.clientId,
        azp: gateway.clientId,
        azpacr: "1",
        idtyp: "app",
        oid: principalOid,
        sub: principalOid,
        roles: ["Ledger.Write.All"],
      });
      expect(decodeJwt(body.access_token)).not.toHaveProperty("scp");
      expect(members).toEqual(["token_type", "expires_in", "ext_expires_in", "access_token"]);
    });

    it("need a .default scope of a known resource, in one tenant", async () => {
      expect(await refusal(request({ scope: world.seed.scopes.ledger }))).toEqual([400, "invalid_scope", 1002012]);
      expect(await refusal(request({ scope: "api://nobody/.default" }))).toEqual([400, "invalid_resource", 500011]);
      world.seed.gateway.multiTenant = true;
      expect(await refusal(request({}, { tenant: "organizations" }))).toEqual([400, "invalid_request", 50059]);
      world.seed.gateway.multiTenant = false;
    });
  });

  describe("password", () => {
    const request = (override: Parameters = {}, options?: RequestOptions) =>
      requestToken(
        world,
        {
          grant_type: "password",
          client_id: world.seed.client.clientId,
          username: world.seed.users.carol.userPrincipalName,
          password: world.seed.users.carol.password,
          scope: world.seed.scopes.gateway,
          ...override,
        },
        options,
      );

    it("gives token A, and after a step-up one that satisfies Conditional Access", async () => {
      const exchange = async (assertion: string) =>
        requestToken(world, oboParameters(world, assertion, { scope: world.seed.scopes.ledger }));
      const { body } = await exchange((await request()).body.access_token);
      expect(body.error).toBe("interaction_required");
      const steppedUp = (await request({ claims: body.claims })).body.access_token;
      expect(decodeJwt(steppedUp).amr).toEqual(["pwd", "mfa"]);
      expect((await exchange(steppedUp)).status).toBe(200);
    });

    it("finds the tenant of the user at organizations, but not at common", async () => {
      world.seed.client.multiTenant = true;
      expect((await request({}, { tenant: "organizations" })).status).toBe(200);
      expect(await refusal(request({}, { tenant: "common" }))).toEqual([400, "invalid_request", 50059]);
      world.seed.client.multiTenant = false;
    });

    it("refuses a wrong password, an unknown user, a disabled one", async () => {
      expect(await refusal(request({ password: "wrong" }))).toEqual([400, "invalid_grant", 50126]);
      expect(await refusal(request({ username: "eve@contoso.example" }))).toEqual([400, "invalid_grant", 50034]);
      world.seed.users.carol.enabled = false;
      expect(await refusal(request())).toEqual([400, "invalid_grant", 50057]);
      world.seed.users.carol.enabled = true;
    });
  });
});
