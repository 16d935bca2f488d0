import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, RawConnection } from "../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

let gateway: GatewayUnderTest;
let token: string;
beforeAll(async () => {
  gateway = await startGateway();
  token = await gateway.signIn(gateway.azure.seed.users.alice);
});
afterAll(async () => {
  expectNothingSecretLogged(gateway);
  await gateway[Symbol.asyncDispose]();
});

describe("a call on behalf of a user", () => {
  it("reaches each downstream API as that user, with a token for that API, obtained by the gateway's app", async () => {
    const { azure, client } = gateway;
    const { alice } = azure.seed.users;
    for (const [name, app, scope] of [
      ["profile", azure.seed.profile, "Profile.Read"],
      ["ledger", azure.seed.ledger, "Ledger.Read"],
    ] as const) {
      const answer = await client.call(`/downstream/${name}/me`, { token });
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual({
        oid: alice.oid,
        name: "Alice",
        preferred_username: alice.userPrincipalName,
        tid: azure.seed.tenant.id,
        appid: azure.seed.gateway.clientId,
        aud: app.clientId,
        scp: scope,
      });
    }
  });

  it.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const)("passes %s", async (method) => {
    const answer = await gateway.client.call("/downstream/profile/echo/verb", { method, token });
    expect(answer.json()).toMatchObject({ method, url: "/echo/verb", bodyBytes: 0 });
  });

  it("passes HEAD, with the length and without the body", async () => {
    const answer = await gateway.client.call("/downstream/profile/download?bytes=12345", { method: "HEAD", token });
    expect(answer.status).toBe(200);
    expect(answer.headers["content-length"]).toBe("12345");
    expect(answer.body).toHaveLength(0);
  });

  it("keeps path and query byte for byte", async () => {
    const query = "?a=1&a=2&b=%2F%2f..%252e&c=%C3%A4+%20'(*)!~&empty=&=x&&d=[1]{2}|3^`&e=http://x/y?z;v";
    const path = "/echo/a-b_c.d~e/!$&'()*+,;=:@/%20%C3%A4/end";
    const answer = await gateway.client.call(`/downstream/profile${path}${query}`, { token });
    expect(answer.json().url).toBe(`${path}${query}`);
  });

  it("passes a body as it is", async () => {
    const body = randomBytes(300_000);
    const answer = await gateway.client.call("/downstream/profile/echo/body", { method: "POST", body, token });
    expect(answer.json().body).toBe(body.toString("base64"));
  });

  it("passes the headers that may pass, token B in place of token A, and nothing of the hop itself", async () => {
    const id = randomUUID();
    const answer = await gateway.client.call("/downstream/profile/echo/headers", {
      token,
      headers: {
        accept: "application/json;odata=verbose",
        "x-custom": "one, two",
        "if-match": '"etag"',
        prefer: "return=minimal",
        traceparent: TRACEPARENT,
        "x-correlation-id": id,
        cookie: "session=secret",
        "x-functions-key": "key",
        "x-ms-client-principal": "forged",
        "ocp-apim-subscription-key": "key",
        "x-forwarded-for": "10.0.0.1",
        forwarded: "for=10.0.0.1",
        "x-original-url": "/admin",
        te: "trailers",
      },
    });
    const raw = answer.json().rawHeaders as string[];
    const names = raw.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    const headers = Object.fromEntries(names.map((name, index) => [name, raw[2 * index + 1]]));
    const { host, connection, ...rest } = headers;
    expect(rest).toEqual({
      accept: "application/json;odata=verbose",
      "x-custom": "one, two",
      "if-match": '"etag"',
      prefer: "return=minimal",
      traceparent: TRACEPARENT,
      authorization: "Bearer [redacted]",
      "x-correlation-id": id,
      "client-request-id": id,
    });
    expect(host).toBe(new URL(gateway.azure.profile.url).host);
    expect(connection).toBe("keep-alive");
    expect(names.filter((name) => name === "authorization")).toHaveLength(1);
  });

  it("does not let a Connection header take away what the gateway needs", async () => {
    using connection = new RawConnection(gateway.host.url);
    connection.send(
      `GET /api/downstream/profile/echo/x HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${token}\r\n` +
        "X-Correlation-ID: kept\r\nConnection: close, Authorization, X-Correlation-ID\r\n\r\n",
    );
    await connection.closed;
    const { status, body } = parse(connection.received);
    expect(status).toBe(200);
    expect(JSON.parse(body).rawHeaders).toContain("kept");
  });
});

describe("GET /api/validate", () => {
  it("shows the claims of token A, and never the token", async () => {
    const answer = await gateway.client.call("/validate", { token });
    expect(answer.status).toBe(200);
    const payload = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    expect(answer.json()).toEqual({ claims: payload });
    expect(answer.headers["cache-control"]).toBe("no-store");
    const [, , signature = "none"] = token.split(".");
    expect(answer.body.toString("utf8")).not.toContain(signature);
    expect(JSON.stringify(answer.headers)).not.toContain(signature);
  });
});
