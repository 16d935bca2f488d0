import { SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import type { UserTokenSpec } from "../../../local/entra/issueUserToken.ts";
import { registerApp } from "../../../local/entra/registration.ts";
import { useWorld } from "../entra/support/world.ts";
import { type GatewayUnderTest, problemsOf, startGateway } from "./support/gateway.ts";

const world = useWorld();

const issue = (more: Partial<UserTokenSpec> = {}): Promise<string> =>
  world.entra.issueUserToken({
    user: "alice",
    client: world.seed.client.clientId,
    scope: world.seed.scopes.gateway,
    ...more,
  });
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const lacking = (claim: string): Record<string, undefined> => ({ [claim]: undefined });
const inSeconds = (seconds: number): number => Math.floor(world.clock.nowMs() / 1_000) + seconds;

/** Answers 200 with what the policy made of the token, or the error with its reason in a header. */
function guarded(policy: string, more: Record<string, unknown> = {}): Promise<GatewayUnderTest> {
  return startGateway({
    trustedCa: world.certificatePem,
    entraUrl: world.entra.url,
    now: world.clock.nowMs,
    policy: {
      inbound: `${policy}<return-response><set-body>@{
          var jwt = context.Variables.GetValueOrDefault<Jwt>("jwt", null);
          return jwt == null ? "no variable" : jwt.Claims["oid"][0] + " " + jwt.Issuer;
        }</set-body></return-response>`,
      onError: `<set-header name="X-Reason"><value>@(context.LastError.Source + " " + context.LastError.Reason)</value></set-header>
        <set-header name="X-Message"><value>@(context.LastError.Message)</value></set-header>`,
    },
    ...more,
  });
}

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

describe("validate-jwt", () => {
  const openid = (): string =>
    `<openid-config url="${world.entra.url}/${world.seed.tenant.id}/v2.0/.well-known/openid-configuration" />`;

  it("takes issuer and keys from the OpenID configuration", async () => {
    const gateway = await guarded(`
      <validate-jwt header-name="Authorization" require-scheme="Bearer" output-token-variable-name="jwt">${openid()}
        <audiences><audience>${world.seed.gateway.clientId}</audience></audiences></validate-jwt>`);
    expect((await gateway.get("/", bearer(await issue()))).status).toBe(200);
    const foreign = await gateway.get("/", bearer(await issue({ override: { iss: "https://evil.example" } })));
    expect(foreign.headers["x-reason"]).toBe("validate-jwt TokenIssuerNotAllowed");
    const scheme = await gateway.get("/", { authorization: `Token ${await issue()}` });
    expect(scheme.headers["x-reason"]).toBe("validate-jwt JwtInvalid");
    const none = await gateway.get("/");
    expect(none.headers["x-reason"]).toBe("validate-jwt TokenNotPresent");
  });

  it("allows as much clock skew as it is told", async () => {
    const token = await issue({ override: { exp: inSeconds(-30) } });
    const attempt = async (attributes: string): Promise<string> => {
      const gateway = await guarded(
        `<validate-jwt header-name="Authorization" ${attributes}>${openid()}</validate-jwt>`,
      );
      const { headers } = await gateway.get("/", bearer(token));
      return String(headers["x-reason"]);
    };
    expect(await attempt("")).toBe("validate-jwt TokenExpired");
    expect(await attempt(`clock-skew="20"`)).toBe("validate-jwt TokenExpired");
    expect(await attempt(`clock-skew="@(30 + 30)"`)).toBe("undefined");
  });

  it("lets tokens without an end pass only when told to", async () => {
    const token = await issue({ override: lacking("exp") });
    const policy = `<validate-jwt header-name="Authorization" require-expiration-time="false">${openid()}</validate-jwt>`;
    expect((await (await guarded(policy)).get("/", bearer(token))).status).toBe(200);
  });

  describe("claims", () => {
    const claim = (inner: string): string =>
      `<validate-jwt header-name="Authorization">${openid()}<required-claims>${inner}</required-claims></validate-jwt>`;
    const cases: [string, string, object, string | undefined][] = [
      [
        "all of several",
        `<claim name="roles"><value>a</value><value>b</value></claim>`,
        { roles: ["b", "c", "a"] },
        undefined,
      ],
      [
        "not all",
        `<claim name="roles" match="all"><value>a</value><value>b</value></claim>`,
        { roles: ["a"] },
        "TokenClaimValueNotAllowed",
      ],
      [
        "any of several",
        `<claim name="roles" match="any"><value>a</value><value>b</value></claim>`,
        { roles: ["b"] },
        undefined,
      ],
      ["presence alone", `<claim name="roles" />`, { roles: ["x"] }, undefined],
      ["absence", `<claim name="roles" /><claim name="other" />`, {}, "TokenClaimNotFound"],
      ["a number as text", `<claim name="level"><value>3</value></claim>`, { level: 3 }, undefined],
      ["an expression", `<claim name="level"><value>@((1 + 2).ToString())</value></claim>`, { level: 3 }, undefined],
      ["no separator", `<claim name="scp"><value>a</value></claim>`, { scp: "a b" }, "TokenClaimValueNotAllowed"],
      ["another case", `<claim name="scp"><value>A</value></claim>`, { scp: "a" }, "TokenClaimValueNotAllowed"],
    ];
    it.each(cases)("%s", async (_, inner, override, reason) => {
      const gateway = await guarded(claim(inner));
      const answer = await gateway.get("/", bearer(await issue({ override: { ...override } })));
      expect(answer.headers["x-reason"]).toBe(reason && `validate-jwt ${reason}`);
    });

    it("are named when they are missing, or have a wrong value", async () => {
      const missing = await guarded(claim(`<claim name="one" /><claim name="two" />`));
      expect((await missing.get("/", bearer(await issue()))).json().message).toBe(
        "JWT token is missing the following claims: one, two. Access denied.",
      );
      const wrong = await guarded(claim(`<claim name="level"><value>3</value></claim>`));
      expect((await wrong.get("/", bearer(await issue({ override: { level: "4" } })))).json().message).toBe(
        "Claim level value of 4 is not allowed. Access denied.",
      );
    });
  });

  describe("with keys of its own", () => {
    const secret = Buffer.from("0123456789abcdef0123456789abcdef");
    let token = "";
    beforeAll(async () => {
      token = await new SignJWT({ oid: "me", iss: "mine" })
        .setProtectedHeader({ alg: "HS256" })
        .setExpirationTime("1h")
        .sign(secret);
    });
    const keys = (...texts: string[]): string =>
      `<validate-jwt header-name="Authorization" output-token-variable-name="jwt">
        <issuer-signing-keys>${texts.map((text) => `<key>${text}</key>`).join("")}</issuer-signing-keys>
        <issuers><issuer>mine</issuer></issuers></validate-jwt>`;

    it("tries each", async () => {
      const gateway = await guarded(
        keys(Buffer.from("another secret, not this one....").toString("base64"), secret.toString("base64")),
      );
      expect(await gateway.get("/", bearer(token))).toMatchObject({ status: 200, body: "me mine" });
    });

    it("refuses when none fits", async () => {
      const gateway = await guarded(keys(Buffer.from("another secret, not this one....").toString("base64")));
      expect((await gateway.get("/", bearer(token))).headers["x-reason"]).toBe("validate-jwt TokenSignatureInvalid");
    });

    it("takes an RSA key by modulus and exponent", async () => {
      const response = await fetchKeys();
      const policy = `<validate-jwt header-name="Authorization"><issuer-signing-keys><key n="${response.n}" e="${response.e}" /></issuer-signing-keys></validate-jwt>`;
      expect((await (await guarded(policy)).get("/", bearer(await issue()))).status).toBe(200);
      expect((await (await guarded(policy)).get("/", bearer(await issue({ forgery: { alg: "HS256" } })))).status).toBe(
        401,
      );
    });
  });

  async function fetchKeys(): Promise<{ n: string; e: string }> {
    const { request } = await import("undici");
    const { body } = await request(`${world.entra.url}/${world.seed.tenant.id}/discovery/v2.0/keys`, {
      dispatcher: world.dispatcher,
    });
    const { keys } = (await body.json()) as { keys: { n: string; e: string }[] };
    return keys[0] ?? { n: "", e: "" };
  }

  it("is refused at load without keys, without a place for the token, or with what it cannot do", async () => {
    const reasons = async (inbound: string): Promise<string[]> =>
      (await problemsOf({ policy: { inbound } })).map(({ message }) => message);
    expect(await reasons(`<validate-jwt header-name="A" />`)).toEqual([
      expect.stringContaining("needs <openid-config>"),
    ]);
    expect(await reasons(`<validate-jwt><openid-config url="x" /></validate-jwt>`)).toEqual([
      expect.stringContaining("needs header-name"),
    ]);
    expect(
      await reasons(
        `<validate-jwt header-name="A" require-signed-tokens="false"><openid-config url="x" /></validate-jwt>`,
      ),
    ).toEqual([expect.stringContaining("require-signed-tokens")]);
    expect(
      await reasons(
        `<validate-jwt header-name="A"><openid-config url="x" /><decryption-keys><key>x</key></decryption-keys></validate-jwt>`,
      ),
    ).toEqual([expect.stringContaining("<decryption-keys>")]);
  });
});
