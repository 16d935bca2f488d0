import { request } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TokenClaims } from "../support/tokenIssuer.ts";
import { type DownstreamUnderTest, SCOPE, startDownstreamUnderTest, USER } from "./downstreamUnderTest.ts";

describe("token B", () => {
  let test: DownstreamUnderTest;
  beforeAll(async () => {
    test = await startDownstreamUnderTest();
  });
  afterAll(() => test.close());

  const challengeStart = (): string =>
    `Bearer realm="", authorization_uri="${test.issuer.url}/common/oauth2/authorize", client_id="${test.clientId}"`;

  it("tells the API who is calling", async () => {
    const user = { name: "Ada Lovelace", preferred_username: "ada@contoso.example" };
    const { status, json } = await test.ask("/me", {}, await test.token(user));
    expect(status).toBe(200);
    expect(json()).toEqual({
      ...user,
      oid: USER,
      tid: test.issuer.tenantId,
      appid: "the-gateway",
      aud: "api://downstream",
      scp: `openid ${SCOPE}`,
    });
  });

  it("may be of version 1.0, and for either audience", async () => {
    const v1 = { iss: `https://sts.windows.net/${test.issuer.tenantId}/`, upn: "ada", azp: undefined, appid: "app" };
    expect((await test.ask("/me", {}, await test.token(v1))).json()).toMatchObject({
      preferred_username: "ada",
      appid: "app",
    });
    expect((await test.ask("/me", {}, await test.token({ aud: test.clientId }))).status).toBe(200);
  });

  it.each([{}, { authorization: "Basic YTpi" }])("is asked for, without an error code, of %o", async (headers) => {
    const answer = await test.ask("/me", { headers: { authorization: "", ...headers } });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(challengeStart());
    expect(answer.json()).toMatchObject({ error: { code: "InvalidAuthenticationToken" } });
  });

  it.each<[TokenClaims, string]>([
    [{ aud: "https://graph.microsoft.com" }, "The audience is invalid: https://graph.microsoft.com"],
    [{ iss: 'https://"evil"/' }, 'The issuer is invalid: https://\\"evil\\"/'],
    [{ exp: 1 }, "The token has expired."],
  ])("is refused with %o", async (claims, description) => {
    const answer = await test.ask("/me", {}, await test.token(claims));
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(
      `${challengeStart()}, error="invalid_token", error_description="${description}"`,
    );
  });

  it("is refused when it is forged", async () => {
    const forged = await test.issuer.forgedToken({ aud: "api://downstream", scp: SCOPE });
    const answer = await test.ask("/me", {}, forged);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toContain('error="invalid_token"');
  });

  it.each([undefined, "openid", `${SCOPE}.all`])("is not enough with the scopes %j", async (scp) => {
    const finished = test.finished("/me");
    const answer = await test.ask("/me", {}, await test.token({ scp }));
    expect(answer.status).toBe(403);
    expect(answer.headers["www-authenticate"]).toContain(`error="insufficient_scope"`);
    expect(answer.headers["www-authenticate"]).toContain(`scope="${SCOPE}"`);
    expect(await finished).toMatchObject({ user: USER, status: 403 });
  });

  it("must come once", async () => {
    const { port } = new URL(test.api.url);
    const status = await new Promise((resolve, reject) => {
      const authorization = ["Bearer one", "Bearer two"];
      request({ host: "localhost", port, path: "/me", ca: test.ca, agent: false })
        .on("response", (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .setHeader("authorization", authorization)
        .end();
    });
    expect(status).toBe(400);
  });

  it("is asked for everywhere, before anything else", async () => {
    for (const path of ["/echo/x", "/status/200", "/hang", "/nowhere"]) {
      expect((await test.ask(path, { headers: { authorization: "" } })).status).toBe(401);
    }
  });

  it("cannot be checked without the issuer's keys, and that is said", async () => {
    const alone = await startDownstreamUnderTest();
    const token = await alone.token();
    await alone.issuer.close();
    const answer = await alone.ask("/me", {}, token);
    await alone.close();
    expect(answer.status).toBe(503);
    expect(answer.body.toString()).toContain("No signing keys from");
  });
});
