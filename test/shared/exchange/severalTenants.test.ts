import type { Tenant } from "@obo-gateway/local-azure/entra/directory.ts";
import { consent, provision, registerApp, registerUser } from "@obo-gateway/local-azure/entra/registration.ts";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { useWorld } from "../../../packages/local-azure/test/entra/support/world.ts";
import { worldGateway } from "./support/worldGateway.ts";

describe("OnBehalfOfExchange, for an app of several tenants", () => {
  const world = useWorld();
  const fabrikam: Tenant = { id: "10000000-0000-4000-8000-000000000002", domain: "fabrikam.example" };
  const SECRET = "the app's secret";

  it("exchanges each user's token in the user's own tenant", async () => {
    const { directory, tenant, client, profile } = world.seed;
    directory.tenants.push(fabrikam);
    const erin = registerUser(directory, {
      tenantId: fabrikam.id,
      userPrincipalName: "erin@fabrikam.example",
      password: "unused",
    });
    const app = registerApp(directory, {
      tenantId: tenant.id,
      multiTenant: true,
      exposedScopes: ["access_as_user"],
      secrets: [{ keyId: "only", value: SECRET, endMs: Date.now() + 3_600_000 }],
    });
    client.multiTenant = true;
    profile.multiTenant = true;
    for (const each of [app, client, profile]) provision(each, fabrikam.id);
    const scope = `api://${app.clientId}/access_as_user`;
    for (const user of [erin, world.seed.users.alice]) {
      consent(directory, client, app, ["access_as_user"], user);
      consent(directory, app, profile, ["Profile.Read"], user);
    }
    const gateway = worldGateway(world, { tenantId: "organizations", clientId: app.clientId, secret: SECRET });
    for (const [user, home] of [
      [erin, fabrikam],
      [world.seed.users.alice, tenant],
    ] as const) {
      const assertion = await world.entra.issueUserToken({
        user: user.userPrincipalName,
        client: client.clientId,
        scope,
      });
      const { token } = await gateway.accessToken(assertion, [world.seed.scopes.profile]);
      expect(decodeJwt(token.reveal())).toMatchObject({ tid: home.id, oid: user.oid });
      expect(world.entra.requests.at(-1)).toMatchObject({ tenant: home.id, user: user.userPrincipalName });
    }
  });
});
