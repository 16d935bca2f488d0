import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fixture, startFixture } from "./support/fixtureApp.ts";
import { exchange, header, headers, parse, RawConnection } from "./support/rawHttp.ts";

describe("a response on its way to the caller", () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await startFixture({
      limits: { activityTimeoutMs: 600 },
      source: `
        import { subscribe } from "node:diagnostics_channel";
        const responses = new Map();
        subscribe("http.server.request.start", ({ request, response }) =>
          responses.set(request.headers["x-ms-invocation-id"], response));
        const get = (name, handler, methods = ["GET"]) => app.http(name, { methods, handler });
        let release;
        get("held", async () => ({ body: new ReadableStream({ async start(controller) {
          await new Promise((resolve) => { release = resolve; });
          controller.enqueue(Buffer.from("first"));
          await new Promise((resolve) => { release = resolve; });
          controller.enqueue(Buffer.from("second"));
          controller.close();
        } }), headers: { "X-Early": "1" } }));
        get("release", async () => { release(); return {}; });
        get("flushed", async (_, context) => {
          const response = responses.get(context.invocationId);
          response.flushHeaders();
          return { body: "x" };
        });
        get("cookieHeaders", async () => ({ headers: [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]], body: "x" }));
        get("cookies", async () => ({ headers: { "Set-Cookie": "lost=1" },
          cookies: [{ name: "a", value: "1" }, { name: "b", value: "2", httpOnly: true }] }));
        get("headers", async () => ({ headers: [["X-Case", "a"], ["x-case", "b"], ["TE", "x"], ["Keep-Alive", "x"],
          ["Connection", "X-Named"], ["X-Named", "1"], ["X-Kept", "1"], ["Server", "mine"]], body: "x" }));
        get("nonAscii", async () => ({ headers: { x: "\\u00e9" }, body: "x" }));
        get("exact", async () => ({ headers: { "Content-Length": "3" }, body: "abc" }));
        get("tooLong", async () => ({ headers: { "Content-Length": "100" }, body: "abc" }));
        get("status", async (request) => ({ status: Number(request.query.get("code")), body: "dropped?",
          headers: { etag: '"e"', "content-length": "8" } }));
        get("plainStatus", async (request) => ({ status: Number(request.query.get("code")), body: "dropped" }));
        get("head", async () => ({ headers: { etag: '"e"', "content-length": "3" }, body: "abc" }), ["GET", "HEAD"]);
        get("big", async () => ({ body: Buffer.alloc(4_000_000, "x") }));
        get("early", async (_, context) => {
          const response = responses.get(context.invocationId);
          response.writeEarlyHints({ link: "</x>; rel=preload" });
          response.addTrailers({ "x-trailer": "1" });
          return { body: "x" };
        });`,
    });
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const get = (path: string, method = "GET") => exchange(fixture.host.url, `${method} /api/${path} HTTP/1.1\nHost: x`);
  const release = async () => (await fetch(`${fixture.host.url}/api/release`)).text();

  it("leaves with its first byte, and sends every later chunk at once", async () => {
    using connection = new RawConnection(fixture.host.url);
    connection.send("GET /api/held HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    await expect
      .poll(() => fixture.lines.some(({ message }) => message.includes("Executing 'Functions.held'")))
      .toBe(true);
    await expect.poll(release).toBe("");
    expect(await connection.until("first")).not.toContain("second");
    await release();
    await connection.closed;
    expect(parse(connection.received)).toMatchObject({ status: 200, body: "firstsecond" });
  });

  it("hangs when the handler's header fields are flushed before it returns", async () => {
    expect((await get("flushed")).status).toBe(500);
  });

  it("loses all Set-Cookie of `headers` but the last, and those altogether beside `cookies`", async () => {
    expect(headers(await get("cookieHeaders"), "set-cookie")).toEqual(["b=2"]);
    expect(headers(await get("cookies"), "set-cookie")).toEqual(["a=1", "b=2; HttpOnly"]);
  });

  it("has its header fields in lower case, joined, without hop-by-hop ones and those named in Connection", async () => {
    const answer = await get("headers");
    expect(answer.headers).toContain("x-case: a, b");
    expect(answer.headers).toContain("x-kept: 1");
    expect(headers(answer, "server")).toEqual(["mine"]);
    for (const name of ["te", "x-named"]) expect(header(answer, name)).toBeUndefined();
    expect(header(answer, "connection")).toBe("close");
    expect(header(answer, "x-ms-invocation-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("is 500 when a header value is not ASCII", async () => {
    expect(await get("nonAscii")).toMatchObject({ status: 500, body: "" });
  });

  it("keeps the handler's Content-Length; a body shorter than that ends in a reset", async () => {
    const exact = await get("exact");
    expect([header(exact, "content-length"), exact.body]).toEqual(["3", "abc"]);
    using connection = new RawConnection(fixture.host.url);
    connection.send("GET /api/tooLong HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(await connection.closed).toBe("reset");
    expect(parse(connection.received).body).toBe("abc");
  });

  it.each([204, 205, 304])("with status %i has no body", async (code) => {
    expect(await get(`plainStatus?code=${code}`)).toMatchObject({ status: code, body: "" });
  });

  it("with status 304 keeps content-length and etag", async () => {
    const answer = await get("status?code=304");
    expect(answer.body).toBe("");
    expect([header(answer, "etag"), header(answer, "content-length")]).toEqual(['"e"', "8"]);
  });

  it("to HEAD has no body but its fields, where `methods` lists HEAD; else there is no such function", async () => {
    const answer = await get("head", "HEAD");
    expect(answer).toMatchObject({ status: 200, body: "" });
    expect([header(answer, "etag"), header(answer, "content-length")]).toEqual(['"e"', "3"]);
    expect((await get("exact", "HEAD")).status).toBe(404);
  });

  it("has neither early hints nor trailers", async () => {
    const answer = await get("early");
    expect(answer).toMatchObject({ status: 200, body: "x" });
    expect(header(answer, "link")).toBeUndefined();
    expect(answer.headers.join()).not.toContain("trailer");
  });

  it("of any size arrives whole", async () => {
    const answer = await fetch(`${fixture.host.url}/api/big`);
    expect((await answer.arrayBuffer()).byteLength).toBe(4_000_000);
  });

  it("comes from the host itself for what is no function", async () => {
    expect((await get("nowhere")).status).toBe(404);
    expect((await get("exact", "POST")).status).toBe(404);
    const landing = await exchange(fixture.host.url, "GET / HTTP/1.1\nHost: x");
    expect(landing.status).toBe(200);
    expect(landing.body).toContain("up and running");
  });
});
