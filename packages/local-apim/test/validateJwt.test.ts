import { SignJWT } from "jose";
import { request } from "undici";
import { beforeAll, describe, expect, it } from "vitest";
import { problemsOf } from "./support/gateway.ts";
import { bearer, lacking, useTokenGate } from "./support/tokenGate.ts";

const { world, issue, inSeconds, guarded } = useTokenGate();

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
