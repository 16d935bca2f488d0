import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { tokenA } from "../../../packages/local-azure/test/entra/support/requests.ts";
import { useWorld } from "../../../packages/local-azure/test/entra/support/world.ts";
import { CredentialRejectedError } from "../../../shared/credentials/clientCredential.ts";
import { CORRELATION_ID, CREDENTIAL_LABEL, secretCredential } from "./support/exchanges.ts";
import { worldGateway } from "./support/worldGateway.ts";

describe("the app's own token, for an API that takes no users", () => {
  const world = useWorld();
  const scopes = () => [`api://${world.seed.profile.clientId}/.default`];
  const forApp = { requestAppToken: true };

  it("is the app's, of its tenant, with the app's roles and no user in it", async () => {
    const { directory, gateway, profile, tenant, users } = world.seed;
    const principalOid = gateway.servicePrincipals.get(tenant.id) ?? "";
    directory.roleAssignments.push({ principalOid, resourceId: profile.clientId, role: "Profile.Read.All" });
    const { token } = await worldGateway(world).accessToken(await tokenA(world), scopes(), forApp);
    const claims = decodeJwt(token.reveal());
    expect(claims).toMatchObject({ oid: principalOid, tid: tenant.id, roles: ["Profile.Read.All"] });
    expect(claims.scp).toBeUndefined();
    expect(JSON.stringify(claims)).not.toContain(users.alice.oid);
    expect(world.entra.requests.at(-1)).toMatchObject({
      grantType: "client_credentials",
      clientRequestId: CORRELATION_ID,
      outcome: "issued",
    });
  });

  it("is asked for each time: nothing is answered from MSAL's memory", async () => {
    const gateway = worldGateway(world);
    const before = world.entra.counts.token;
    for (let time = 0; time < 2; time++) await gateway.accessToken(await tokenA(world), scopes(), forApp);
    expect(world.entra.counts.token - before).toBe(2);
  });

  it.each([50076, 53003, 65001, 50013])("AADSTS%i is the operator's to cure, not the user's", async (aadsts) => {
    world.entra.faults.add({ aim: {}, times: 1, effect: { kind: "error", aadsts } });
    const failure = await worldGateway(world).failure(await tokenA(world), scopes(), forApp);
    expect(failure).toMatchObject({ code: "gateway_misconfigured", challenge: undefined });
    expect(failure.diagnosis).toMatch(new RegExp(`^The app's own token was refused\\. AADSTS${aadsts}: `));
    expect(failure.diagnosis).toContain(CREDENTIAL_LABEL);
  });

  it("fails as an exchange does where that is about the credential or a wait", async () => {
    const gateway = worldGateway(world);
    const wrong = await gateway.failure(await tokenA(world), scopes(), {
      ...forApp,
      credential: secretCredential("wrong"),
    });
    expect(wrong).toBeInstanceOf(CredentialRejectedError);
    world.entra.faults.add({ aim: {}, times: 1, effect: { kind: "error", aadsts: 90033 } });
    const unavailable = await gateway.failure(await tokenA(world), scopes(), forApp);
    expect(unavailable.code).toBe("identity_provider_unavailable");
  });
});
