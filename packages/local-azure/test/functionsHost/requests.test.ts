import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fixture, startFixture } from "./support/fixtureApp.ts";
import { exchange, headers, RawConnection } from "./support/rawHttp.ts";

const MAX_BODY_BYTES = 1024 * 1024;

interface Raw {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly bytes: number;
}

describe("a request on its way to the worker", () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await startFixture({
      limits: { maxBodyBytes: MAX_BODY_BYTES, activityTimeoutMs: 400 },
      source: `
        import { subscribe } from "node:diagnostics_channel";
        const raw = new Map();
        subscribe("http.server.request.start", ({ request }) => raw.set(request.headers["x-ms-invocation-id"], request));
        const everything = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
        app.http("raw", { route: "raw/{*rest}", methods: everything, handler: async (request, context) => {
          let bytes = 0;
          if (request.body) for await (const chunk of request.body) bytes += chunk.length;
          const { method, url, rawHeaders } = raw.get(context.invocationId);
          return { jsonBody: { method, url, rawHeaders, bytes } };
        } });
        app.http("b-echo", { route: "echo", methods: ["POST"], handler: async (request) => ({ body: request.body }) });
        app.http("count", { methods: ["POST"], handler: async (request) => {
          const reader = request.body.getReader();
          return { body: new ReadableStream({ async pull(controller) {
            const { done, value } = await reader.read();
            if (done) controller.close(); else controller.enqueue(new TextEncoder().encode(value.length + ";"));
          } }) };
        } });
        app.http("ignore", { methods: ["POST"], handler: async () => ({ body: "not read" }) });`,
    });
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const raw = async (requestLine: string, fields = "", body = ""): Promise<Raw> => {
    const answer = await exchange(fixture.host.url, `${requestLine} HTTP/1.1\nHost: api.example:81${fields}`, body);
    expect(answer.status, answer.body).toBe(200);
    return JSON.parse(answer.body);
  };
  const field = ({ rawHeaders }: Raw, name: string): string[] =>
    rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);

  it("has its path normalised and its query untouched", async () => {
    const { url } = await raw("GET /x/%2e%2e/api/raw/a%2Fb//%FF%2B%61\\?q=%2F%61&r=../x");
    expect(url).toBe("/api/raw/a%252Fb//%25FF+a%5C?q=%2F%61&r=../x");
  });

  it.each(["/api/raw/%00", "/api/raw/\u00e9"])("is refused for the path %s", async (path) => {
    expect((await exchange(fixture.host.url, `GET ${path} HTTP/1.1\nHost: x`)).status).toBe(400);
  });

  it("carries the host's own Host and X-Forwarded-*, and no other forwarding fields", async () => {
    const seen = await raw(
      "GET /api/raw/x",
      "\nX-Forwarded-For: 192.0.2.1\nX-Forwarded-Host: evil.example\nX-Forwarded-Proto: https\nX-Forwarded-Prefix: /p\nForwarded: for=192.0.2.1",
    );
    expect(field(seen, "host")[0]).toMatch(/^localhost:\d+$/);
    expect(field(seen, "x-forwarded-for")).toEqual(["127.0.0.1"]);
    expect(field(seen, "x-forwarded-host")).toEqual(["api.example:81"]);
    expect(field(seen, "x-forwarded-proto")).toEqual(["http"]);
    expect([...field(seen, "forwarded"), ...field(seen, "x-forwarded-prefix")]).toEqual([]);
    expect(field(seen, "x-ms-invocation-id")).toHaveLength(1);
  });

  it("loses the fixed hop-by-hop fields, but not those that Connection names", async () => {
    const seen = await raw(
      "GET /api/raw/x",
      "\nConnection: X-Named\nX-Named: 1\nTE: trailers\nUpgrade: h2c\nProxy-Authorization: x",
    );
    expect(field(seen, "x-named")).toEqual(["1"]);
    for (const name of ["te", "upgrade", "proxy-authorization"]) expect(field(seen, name)).toEqual([]);
  });

  it("keeps trace context and the caller's spelling; repeated fields become one", async () => {
    const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    const seen = await raw(
      "GET /api/raw/x",
      `\ntraceparent: ${trace}\ntracestate: a=1\nbaggage: b=2\nAuthorization: one\nAUTHORIZATION: two\nCookie: a=1\nCookie: b=2`,
    );
    expect(field(seen, "traceparent")).toEqual([trace]);
    expect(field(seen, "tracestate")).toEqual(["a=1"]);
    expect(field(seen, "baggage")).toEqual(["b=2"]);
    expect(field(seen, "authorization")).toEqual(["one, two"]);
    expect(field(seen, "cookie")).toEqual(["a=1; b=2"]);
    expect(seen.rawHeaders).toContain("Authorization");
  });

  it("is an ordinary one when it asks for an upgrade", async () => {
    const fields = "\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13";
    expect((await raw("GET /api/raw/x", fields)).method).toBe("GET");
  });

  it("may end its lines with a bare line feed", async () => {
    using connection = new RawConnection(fixture.host.url);
    connection.send("GET /api/raw/x HTTP/1.1\nHost: x\nConnection: close\n\n");
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 200/);
  });

  it("with Content-Length and Transfer-Encoding is chunked, and its connection closes", async () => {
    using connection = new RawConnection(fixture.host.url);
    connection.send(
      "POST /api/raw/x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    );
    await connection.closed;
    expect(connection.received).toContain('"bytes":5');
    expect(connection.received).not.toContain("Content-Length");
  });

  it("with broken chunks is answered 500", async () => {
    const answer = await exchange(
      fixture.host.url,
      "POST /api/raw/x HTTP/1.1\nHost: x\nTransfer-Encoding: chunked",
      "zz\r\n",
    );
    expect(answer.status).toBe(500);
  });

  it("that is none is answered 400, also after another on the same connection", async () => {
    using connection = new RawConnection(fixture.host.url);
    connection.send("GET /api/raw/x HTTP/1.1\r\nHost: x\r\n\r\n");
    // All of the first answer: before its last chunk the host would take it to be under way.
    await connection.until("0\r\n\r\n");
    connection.send("nonsense\r\n\r\n");
    await connection.until("HTTP/1.1 400 Bad Request");
    expect(await connection.closed).toBe("ended");
  });

  it("for a tunnel is answered 400, and cut off behind another that is under way", async () => {
    const tunnel = "CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example:443\r\n\r\n";
    using connection = new RawConnection(fixture.host.url);
    connection.send(tunnel);
    await connection.until("HTTP/1.1 400 Bad Request");
    expect(await connection.closed).toBe("ended");

    using busy = new RawConnection(fixture.host.url);
    busy.send(`GET /api/raw/x HTTP/1.1\r\nHost: x\r\n\r\n${tunnel}`);
    await busy.closed;
    expect(busy.received).toBe("");
  });

  it("is answered 431 from 32 KiB of header fields on, or 101 of them, and 414 for a long target", async () => {
    const get = (target: string, fields: string) =>
      exchange(fixture.host.url, `GET ${target} HTTP/1.1\nHost: x${fields}`);
    expect((await get("/api/raw/x", `\nX: ${"x".repeat(33 * 1024)}`)).status).toBe(431);
    expect((await get("/api/raw/x", `\nX: ${"x".repeat(48 * 1024)}`)).status).toBe(431);
    expect((await get("/api/raw/x", "\nX: x".repeat(101))).status).toBe(431);
    expect((await get(`/api/raw/${"x".repeat(9000)}`, "")).status).toBe(414);
  });

  it("is answered 400 for a header value that is not UTF-8", async () => {
    expect((await exchange(fixture.host.url, "GET /api/raw/x HTTP/1.1\nHost: x\nX: \u00ff")).status).toBe(400);
  });

  it("with a Content-Length is read whole before the function is invoked", async () => {
    using connection = new RawConnection(fixture.host.url);
    const invoked = () =>
      fixture.lines.filter(({ message }) => message.startsWith("Executing 'Functions.count'")).length;
    const before = invoked();
    connection.send("POST /api/count HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab");
    await (await fetch(`${fixture.host.url}/api/raw/x`)).text();
    expect(invoked()).toBe(before);
    connection.send("cd");
    expect(await connection.until("0\r\n\r\n")).toContain("4;");
  });

  it("with a Content-Length over the limit is answered 500; a chunked body has no limit", async () => {
    const body = Buffer.alloc(MAX_BODY_BYTES + 1, "x");
    const post = (init: object) => fetch(`${fixture.host.url}/api/raw/x`, { method: "POST", ...init });
    expect((await post({ body })).status).toBe(500);
    const chunked = await post({ body: new Blob([body]).stream(), duplex: "half" });
    expect(await chunked.json()).toMatchObject({ bytes: MAX_BODY_BYTES + 1 });
    expect(await (await post({ body: body.subarray(1) })).json()).toMatchObject({ bytes: MAX_BODY_BYTES });
  });

  it("streams its chunks to the function as they come", async () => {
    using connection = new RawConnection(fixture.host.url);
    connection.send("POST /api/raw/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
    // More than the activity timeout altogether; each chunk is activity.
    for (let chunk = 0; chunk < 4; chunk++) {
      await (await fetch(`${fixture.host.url}/api/raw/x`)).text();
      connection.send("3\r\ncde\r\n");
    }
    connection.send("0\r\n\r\n");
    expect(await connection.until("}")).toContain('"bytes":14');
  });

  it("is out before its response is read: a body that never ends stalls the call", async () => {
    using connection = new RawConnection(fixture.host.url);
    connection.send("POST /api/ignore HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    expect(await connection.until("\r\n\r\n")).toMatch(/^HTTP\/1\.1 500/);
  });

  it("leaves its connection good for the next, though its own body was not taken", async () => {
    using connection = new RawConnection(fixture.host.url);
    connection.send("POST /api/ignore HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    await connection.until("HTTP/1.1 500");
    connection.send(`${(300_000).toString(16)}\r\n${"x".repeat(300_000)}\r\n0\r\n\r\n`);
    connection.send("GET /api/raw/next HTTP/1.1\r\nHost: x\r\n\r\n");
    await connection.until('"/api/raw/next"');
  });

  it.each([1, 64 * 1024 + 1, MAX_BODY_BYTES])("comes back whole from an echo: %i bytes", async (length) => {
    const body = Buffer.alloc(length, "0123456789");
    const answer = await fetch(`${fixture.host.url}/api/echo`, { method: "POST", body });
    expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
  });

  it("is told to continue where it waits for that", async () => {
    using connection = new RawConnection(fixture.host.url);
    connection.send("POST /api/raw/x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    await connection.until("HTTP/1.1 100 Continue\r\n\r\n");
    connection.send("ab");
    expect(await connection.until("}")).toContain('"bytes":2');
  });

  it("whose caller leaves within its body never reaches the function", async () => {
    const before = fixture.lines.length;
    using connection = new RawConnection(fixture.host.url);
    connection.send("POST /api/ignore HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc");
    await (await fetch(`${fixture.host.url}/api/raw/x`)).text();
    connection[Symbol.dispose]();
    await (await fetch(`${fixture.host.url}/api/raw/x`)).text();
    const since = fixture.lines.slice(before).map(({ message }) => message);
    expect(since.filter((message) => message.includes("Functions.ignore"))).toEqual([]);
  });

  it("of any method gets there where the function lists it", async () => {
    for (const method of ["PUT", "DELETE", "OPTIONS", "PATCH"]) {
      expect((await raw(`${method} /api/raw/x`)).method).toBe(method);
    }
    const head = await exchange(fixture.host.url, "HEAD /api/raw/x HTTP/1.1\nHost: x");
    expect(head).toMatchObject({ status: 200, body: "" });
    expect(headers(head, "x-ms-invocation-id")).toHaveLength(1);
  });
});
