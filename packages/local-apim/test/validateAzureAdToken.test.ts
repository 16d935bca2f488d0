import { registerApp } from "@obo-gateway/local-azure/entra/registration.ts";
import { describe, expect, it } from "vitest";
import { bearer, lacking, useTokenGate } from "./support/tokenGate.ts";

const { world, issue, inSeconds, guarded } = useTokenGate();

describe("validate-azure-ad-token", () => {
  const policy = (attributes = "", audience = world.seed.gateway.clientId): string => `
    <validate-azure-ad-token tenant-id="${world.seed.tenant.id}" output-token-variable-name="jwt" ${attributes}>
      <client-application-ids><application-id>${world.seed.client.clientId}</application-id></client-application-ids>
      <audiences><audience>@("api://" + "other")</audience><audience>${audience}</audience></audiences>
      <required-claims><claim name="scp" match="any" separator=" "><value>access_as_user</value></claim></required-claims>
    </validate-azure-ad-token>`;

  it("lets a token of Entra ID pass, and gives it to expressions", async () => {
    const gateway = await guarded(policy());
    const answer = await gateway.get("/", bearer(await issue()));
    expect(answer).toMatchObject({
      status: 200,
      body: `${world.seed.users.alice.oid} ${world.entra.url}/${world.seed.tenant.id}/v2.0`,
    });
  });

  const forged = { foreignKey: true } as const;
  const refused: Record<string, [() => Promise<string>, string]> = {
    "is expired": [() => issue({ override: { exp: inSeconds(-1) } }), "TokenExpired"],
    "is for another audience": [() => issue({ override: { aud: "another" } }), "TokenAudienceNotAllowed"],
    "is of another issuer": [() => issue({ override: { iss: "https://evil.example" } }), "TokenIssuerNotAllowed"],
    "is for another client": [() => issue({ override: { azp: "another" } }), "TokenClaimValueNotAllowed"],
    "lacks the scope": [() => issue({ override: { scp: "other" } }), "TokenClaimValueNotAllowed"],
    "has no scope at all": [() => issue({ override: lacking("scp") }), "TokenClaimNotFound"],
    "is signed with another key": [() => issue({ forgery: forged }), "TokenSignatureInvalid"],
    "names an unknown key": [() => issue({ forgery: { kid: "none" } }), "TokenSignatureKeyNotFound"],
    "is not signed": [() => issue({ forgery: { alg: "none" } }), "TokenSignatureInvalid"],
    "is signed with the public key as a secret": [() => issue({ forgery: { alg: "HS256" } }), "TokenSignatureInvalid"],
    "is not valid yet": [() => issue({ override: { nbf: inSeconds(60) } }), "JwtInvalid"],
    "never expires": [() => issue({ override: lacking("exp") }), "JwtInvalid"],
    "is no token": [async () => "abc.def.ghi", "JwtInvalid"],
    // Lifetime comes before the audience.
    "is expired, and for another audience": [() => issue({ override: { exp: 1, aud: "x" } }), "TokenExpired"],
  };
  it.each(Object.entries(refused))("refuses a token that %s", async (_, [token, reason]) => {
    const gateway = await guarded(policy());
    const answer = await gateway.get("/", bearer(await token()));
    expect(answer).toMatchObject({ status: 401, headers: { "x-reason": `validate-azure-ad-token ${reason}` } });
    expect(answer.json()).toEqual({ statusCode: 401, message: answer.headers["x-message"] });
    expect(answer.headers).not.toHaveProperty("www-authenticate");
  });

  it("refuses a request without a token", async () => {
    const answer = await (await guarded(policy())).get("/");
    expect(answer).toMatchObject({ status: 401, headers: { "x-reason": "validate-azure-ad-token TokenNotPresent" } });
    expect(answer.json()).toEqual({ statusCode: 401, message: "JWT not present." });
  });

  it("says what the policy wants it to say", async () => {
    const gateway = await guarded(
      policy(`failed-validation-httpcode="403" failed-validation-error-message="@("Not " + "you.")"`),
    );
    const answer = await gateway.get("/");
    expect(answer.json()).toEqual({ statusCode: 403, message: "Not you." });
    expect(answer.headers["x-message"]).toBe("JWT not present.");
  });

  it("takes the token from where the policy says", async () => {
    const token = await issue();
    const header = await guarded(policy(`header-name="X-Token"`));
    expect((await header.get("/", { "x-token": token })).status).toBe(200);
    expect((await header.get("/", bearer(token))).status).toBe(401);
    const query = await guarded(policy(`query-parameter-name="t"`));
    expect((await query.get(`/?t=${token}`)).status).toBe(200);
    const value = await guarded(
      policy(`token-value="@(context.Request.Headers.GetValueOrDefault("X-T", "").Substring(2))"`),
    );
    expect((await value.get("/", { "x-t": `ab${token}` })).status).toBe(200);
  });

  it("takes v1.0 tokens too", async () => {
    const resource = registerApp(world.seed.directory, { tenantId: world.seed.tenant.id, accessTokenVersion: 1 });
    const principalOid = world.seed.client.servicePrincipals.get(world.seed.tenant.id) ?? "";
    const token = await world.entra.issueApplicationToken({
      tenant: world.seed.tenant,
      principalOid,
      clientId: world.seed.client.clientId,
      resource: `api://${resource.clientId}`,
    });
    const gateway = await guarded(`
      <validate-azure-ad-token tenant-id="${world.seed.tenant.id}" output-token-variable-name="jwt">
        <client-application-ids><application-id>${world.seed.client.clientId}</application-id></client-application-ids>
        <audiences><audience>api://${resource.clientId}</audience></audiences>
      </validate-azure-ad-token>`);
    const answer = await gateway.get("/", bearer(token));
    expect(answer).toMatchObject({
      status: 200,
      body: `${principalOid} https://sts.windows.net/${world.seed.tenant.id}/`,
    });
  });

  it("learns of new keys, and asks for the old ones only once", async () => {
    const gateway = await guarded(policy());
    expect((await gateway.get("/", bearer(await issue()))).status).toBe(200);
    world.entra.faults.add({ endpoint: "metadata", effect: { kind: "outage" } });
    expect((await gateway.get("/", bearer(await issue()))).status).toBe(200);
    await world.entra.rollKeys("leaves");
    expect((await gateway.get("/", bearer(await issue()))).status).toBe(200);
  });

  it("refuses while Entra ID cannot be asked for its keys, and recovers", async () => {
    const gateway = await guarded(policy());
    const lift = world.entra.faults.add({ endpoint: "metadata", effect: { kind: "outage" } });
    const answer = await gateway.get("/", bearer(await issue()));
    expect(answer).toMatchObject({ status: 401, headers: { "x-reason": "validate-azure-ad-token JwtInvalid" } });
    lift();
    expect((await gateway.get("/", bearer(await issue()))).status).toBe(200);
  });
});
