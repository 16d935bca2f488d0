import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import type { AppRegistration, Tenant, User } from "../../src/entra/directory.ts";
import { consent, provision, registerApp, registerUser } from "../../src/entra/registration.ts";
import { alteredTokenA, exchange, refusal } from "./support/exchange.ts";
import { type Parameters, requestToken } from "./support/requests.ts";
import { useWorld } from "./support/world.ts";

describe("two tenants", () => {
  const world = useWorld();
  const fabrikam: Tenant = { id: "10000000-0000-4000-8000-000000000002", domain: "fabrikam.example" };
  let app: AppRegistration;
  let erin: User;
  beforeAll(() => {
    const { directory, tenant } = world.seed;
    directory.tenants.push(fabrikam);
    erin = registerUser(directory, {
      tenantId: fabrikam.id,
      userPrincipalName: "erin@fabrikam.example",
      password: "erin's",
    });
    app = registerApp(directory, {
      tenantId: tenant.id,
      multiTenant: true,
      exposedScopes: ["access_as_user"],
      secrets: [{ keyId: "only", value: "a secret", endMs: Date.now() + 60_000 }],
    });
    provision(app, fabrikam.id);
  });

  const ownToken = (tenant: string, override: Parameters = {}) =>
    requestToken(
      world,
      {
        grant_type: "client_credentials",
        client_id: app.clientId,
        client_secret: "a secret",
        scope: `api://${app.clientId}/.default`,
        ...override,
      },
      { tenant },
    );

  it("know an app where it has a service principal, under another object id in each", async () => {
    const oids = [];
    for (const tenant of ["contoso.example", "fabrikam.example"]) {
      const claims = decodeJwt((await ownToken(tenant)).body.access_token);
      oids.push(claims.oid);
    }
    expect(new Set(oids).size).toBe(2);
    const { clientId: client_id } = world.seed.gateway;
    const stranger = { client_id, client_secret: world.seed.gatewaySecret };
    expect(await refusal(ownToken("fabrikam.example", stranger))).toEqual([400, "unauthorized_client", 700016]);
  });

  it("give roles to the service principal that they were assigned to, and to no other", async () => {
    const { directory, gateway, tenant } = world.seed;
    const roleOf = (principal: AppRegistration, role: string) =>
      directory.roleAssignments.push({
        principalOid: principal.servicePrincipals.get(tenant.id) ?? "",
        resourceId: app.clientId,
        role,
      });
    roleOf(gateway, "Gateway.Role");
    roleOf(app, "App.Role");
    expect(decodeJwt((await ownToken(tenant.id)).body.access_token).roles).toEqual(["App.Role"]);
  });

  it("do not take a token for a user of the other", async () => {
    const token = await alteredTokenA(world, { oid: erin.oid });
    expect(await refusal(exchange(world, {}, token))).toEqual([400, "invalid_grant", 50034]);
  });

  it("do not take the consent that another client has", async () => {
    const { directory, client, profile, scopes } = world.seed;
    consent(directory, client, app, ["access_as_user"]);
    const scope = `api://${app.clientId}/access_as_user`;
    const assertion = await world.entra.issueUserToken({ user: "alice", client: client.clientId, scope });
    const asApp = { client_id: app.clientId, client_secret: "a secret", scope: scopes.profile };
    expect(await refusal(exchange(world, asApp, assertion))).toEqual([400, "invalid_grant", 65001]);
    consent(directory, app, profile, ["Profile.Read"]);
    const { body } = await exchange(world, asApp, assertion, { tenant: "common" });
    expect(decodeJwt(body.access_token)).toMatchObject({ tid: world.seed.tenant.id, azp: app.clientId });
  });
});
