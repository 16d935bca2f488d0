import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalAzure } from "../../local/azure.ts";
import { startLocalAzure } from "../../local/azure.ts";
import {
  exchange,
  header,
  headers,
  RawConnection,
} from "../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import type { RawServer } from "../shared/downstream/support/rawServer.ts";
import { startRawServer } from "../shared/downstream/support/rawServer.ts";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";

const ZIPPED = gzipSync("compressed").toString("latin1");
const RAW_ANSWER =
  "HTTP/1.1 103 Early Hints\r\nLink: <early>\r\n\r\n" +
  "HTTP/1.1 200 OK\r\nServer: secret/1.0\r\nX-Powered-By: y\r\nX-AspNet-Version: 4\r\nContent-Encoding: gzip\r\n" +
  `Trailer: X-Sum\r\nContent-Length: ${ZIPPED.length}\r\n\r\n${ZIPPED}`;

let azure: LocalAzure;
let gateway: GatewayUnderTest;
let raw: RawServer;
let token: string;
beforeAll(async () => {
  azure = await startLocalAzure();
  raw = await startRawServer(await azure.authority.issue(), RAW_ANSWER);
  gateway = await startGateway({
    azure,
    settings: ({ profile, seed }) => ({
      DownstreamApis__raw__BaseUrl: raw.url,
      DownstreamApis__raw__Scopes: seed.scopes.profile,
      DownstreamApis__baker__BaseUrl: profile.url,
      DownstreamApis__baker__Scopes: seed.scopes.profile,
      DownstreamApis__baker__AllowSetCookie: "true",
      DownstreamApis__strict__BaseUrl: profile.url,
      DownstreamApis__strict__Scopes: seed.scopes.profile,
      DownstreamApis__strict__AllowedMethods: "GET POST",
      DownstreamApis__strict__AllowedPathPrefixes: "/echo/open /upload",
      DownstreamApis__strict__MaxRequestBodyBytes: "1000",
      DownstreamApis__strict__ExtraHeaderParameters__Api_Key: "the-key-of-the-strict-api",
    }),
  });
  token = await gateway.signIn(azure.seed.users.alice);
});
afterAll(async () => {
  expectNothingSecretLogged(gateway);
  expect(gateway.log.text).not.toContain("the-key-of-the-strict-api");
  await gateway[Symbol.asyncDispose]();
  await raw.close();
  await azure.close();
});

/** Sends a head byte by byte, with a good token. */
const sendHead = (lines: string, { method = "GET", path = "/profile/echo/x", body = "" } = {}) =>
  exchange(
    gateway.host.url,
    `${method} /api/downstream${path} HTTP/1.1\nHost: gateway\nAuthorization: Bearer ${token}${lines}`,
    body,
  );

/** What the downstream API received under this name. */
function received(answer: { readonly body: string | Buffer }, name: string): string[] {
  const { rawHeaders }: { rawHeaders: string[] } = JSON.parse(String(answer.body));
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

describe("an API's rules", () => {
  it.each([
    ["/strict/me", "GET", 403, "path_not_allowed"],
    ["/strict/echo/opened", "GET", 403, "path_not_allowed"],
    ["/strict/echo/open/x", "DELETE", 405, "method_not_allowed"],
    ["/strict/echo/open/..;/x", "GET", 400, "invalid_target"],
  ] as const)("refuse %s to %s before a token is asked for", async (path, method, status, code) => {
    const fresh = await gateway.signIn(azure.seed.users.bob);
    const before = [azure.entra.requests.length, azure.profile.requests.length];
    const answer = await gateway.client.call(`/downstream${path}`, { method, token: fresh });
    expect([answer.status, answer.json().code]).toEqual([status, code]);
    expect(answer.headers.allow).toBe(status === 405 ? "GET, POST" : undefined);
    expect([azure.entra.requests.length, azure.profile.requests.length]).toEqual(before);
  });

  it("let the rest through, with the API's own headers in the place of the caller's", async () => {
    const answer = await gateway.client.call("/downstream/strict/echo/open/x?q", {
      token,
      headers: { "api-key": "mine", api_key: "mine" },
    });
    expect([answer.status, answer.json().url, received(answer, "api-key")]).toEqual([
      200,
      "/echo/open/x?q",
      ["the-key-of-the-strict-api"],
    ]);
    expect(received(answer, "api_key")).toEqual([]);
  });

  it.each([
    ["with a length", () => Buffer.alloc(1_001)],
    ["in chunks", () => Readable.from([Buffer.alloc(600), Buffer.alloc(401)], { objectMode: false })],
  ])("limit a body %s", async (_, body) => {
    const answer = await gateway.client.call("/downstream/strict/upload", { method: "POST", token, body: body() });
    expect([answer.status, answer.json()]).toMatchObject([413, { code: "request_too_large", status: 413 }]);
    const most = Readable.from([Buffer.alloc(600), Buffer.alloc(400)], { objectMode: false });
    const whole = await gateway.client.call("/downstream/strict/upload", { method: "POST", token, body: most });
    expect([whole.status, whole.json().bytes]).toEqual([200, 1_000]);
  });
});

describe("an answer", () => {
  it("comes compressed as it is, without hints, trailers, and what its server says of itself", async () => {
    const answer = await gateway.client.call("/downstream/raw/x", { token });
    expect([answer.status, gunzipSync(answer.body).toString()]).toEqual([200, "compressed"]);
    expect(answer.headers).toMatchObject({ "content-encoding": "gzip", "content-length": String(ZIPPED.length) });
    const names = Object.keys(answer.headers);
    for (const name of ["link", "trailer", "x-powered-by", "x-aspnet-version"]) expect(names).not.toContain(name);
    // The host's own.
    expect(answer.headers.server).toBe("Kestrel");
  });

  it("brings the API's cookies where the settings say so, each by itself", async () => {
    const answer = await sendHead("", { path: "/baker/cookies" });
    expect(headers(answer, "set-cookie")).toEqual([
      "session=one; Path=/; Secure; HttpOnly",
      "theme=two; Expires=Wed, 01 Jan 2031 00:00:00 GMT",
    ]);
  });
});

describe("a request", () => {
  it("begins a trace where it is in none", async () => {
    const answer = await sendHead("");
    const id = header(answer, "x-correlation-id") ?? "";
    expect(received(answer, "traceparent")).toEqual([
      expect.stringMatching(new RegExp(`^00-${id.replaceAll("-", "")}-[0-9a-f]{16}-01$`)),
    ]);
  });

  it("stays in its trace, with its state", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    const answer = await sendHead(`\nTraceparent: ${traceparent}\nTracestate: a=b`);
    expect([received(answer, "traceparent"), received(answer, "tracestate")]).toEqual([[traceparent], ["a=b"]]);
  });

  it("may expect 100-continue, and gets it from the host", async () => {
    using connection = new RawConnection(gateway.host.url);
    connection.send(
      `POST /api/downstream/profile/echo/x HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${token}\r\n` +
        "Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
    );
    await connection.until("HTTP/1.1 100 Continue\r\n\r\n");
    connection.send("hello");
    await connection.closed;
    expect(connection.received).toMatch(/\r\nHTTP\/1\.1 200 [\s\S]*"bodyBytes":5/);
    expect(connection.received).not.toMatch(/"expect"/i);
  });

  it("loses its trailers, and what it says of them and of the connection", async () => {
    const body = "2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n";
    const lines = "\nTE: trailers\nTrailer: X-Sum\nKeep-Alive: timeout=5\nTransfer-Encoding: chunked";
    const answer = await sendHead(lines, { method: "POST", body });
    expect([answer.status, JSON.parse(answer.body).bodyBytes]).toEqual([200, 2]);
    for (const name of ["te", "trailer", "keep-alive", "x-sum"]) expect(received(answer, name)).toEqual([]);
  });

  it.each([
    ["Authorization", "\nAuthorization: Bearer other"],
    ["Content-Type", "\nContent-Type: text/plain\nContent-Type: application/json"],
  ])("with two of %s is refused", async (_, lines) => {
    const calls = azure.profile.requests.length;
    const answer = await sendHead(lines, { method: "POST" });
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([400, "invalid_request"]);
    expect(azure.profile.requests).toHaveLength(calls);
  });

  it.each([
    ["Content-Length", "\nContent-Length: 2\nContent-Length: 3"],
    ["Host", "\nHost: elsewhere.example"],
  ])("with two of %s goes no further than the host, or on with one", async (name, lines) => {
    const answer = await sendHead(lines, { method: "POST", body: "abc" });
    if (answer.status === 200) expect(received(answer, name.toLowerCase())).toHaveLength(1);
    else expect(answer.status).toBe(400);
    expect(answer.body).not.toContain("elsewhere.example");
  });

  it("passes other headers that come twice as one, as the host joins them", async () => {
    expect(received(await sendHead("\nX-Twice: 1\nX-Twice: 2"), "x-twice")).toEqual(["1, 2"]);
  });

  it("cannot take away by Connection what the gateway says", async () => {
    const answer = await sendHead("\nConnection: authorization, x-correlation-id, traceparent");
    expect(received(answer, "authorization")).toEqual(["Bearer [redacted]"]);
    expect([received(answer, "x-correlation-id"), received(answer, "traceparent")]).toEqual([
      [header(answer, "x-correlation-id")],
      [expect.stringMatching(/^00-/)],
    ]);
  });

  it("to a WebSocket is refused with 501, though the host took Upgrade away", async () => {
    const lines =
      "\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nConnection: Upgrade";
    const calls = azure.profile.requests.length;
    const answer = await sendHead(lines, { path: "/profile/me" });
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([501, "upgrade_not_supported"]);
    expect(azure.profile.requests).toHaveLength(calls);
  });
});
