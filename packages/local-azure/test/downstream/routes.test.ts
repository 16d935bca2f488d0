import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reproducibleBytes } from "../../src/downstream/reproducibleBytes.ts";
import { type DownstreamUnderTest, startDownstreamUnderTest } from "./downstreamUnderTest.ts";

const MEBIBYTE = 1_048_576;

describe("the downstream API", () => {
  let test: DownstreamUnderTest;
  beforeAll(async () => {
    test = await startDownstreamUnderTest();
  });
  afterAll(() => test.close());

  describe("/echo", () => {
    it("gives the request back exactly as it came, but for the token", async () => {
      const path = "/echo/a%2Fb/../c//d?q=1&q=2&%20=+";
      const headers = { "X-Mixed-Case": ["one", "two"], cookie: "a=b" };
      const { json } = await test.ask(path, { method: "PATCH", headers, body: "ä\u0000" });
      const { rawHeaders, ...rest } = json();
      expect(rest).toEqual({
        method: "PATCH",
        url: path,
        httpVersion: "1.1",
        body: Buffer.from("ä\u0000").toString("base64"),
        bodyBytes: 3,
        bodyTruncated: false,
      });
      const at = (name: string): unknown[] =>
        Array.isArray(rawHeaders) ? rawHeaders.filter((_, index) => rawHeaders[index - 1] === name) : [];
      expect(at("authorization")).toEqual(["Bearer [redacted]"]);
      expect(at("X-Mixed-Case")).toEqual(["one", "two"]);
    });

    it("keeps one MiB of the body, and counts it all", async () => {
      const { json } = await test.ask("/echo/", { method: "PUT", body: Buffer.alloc(MEBIBYTE + 1, "x") });
      const { body, bodyBytes, bodyTruncated } = json();
      expect(Buffer.from(String(body), "base64")).toHaveLength(MEBIBYTE);
      expect([bodyBytes, bodyTruncated]).toEqual([MEBIBYTE + 1, true]);
    });

    it.each(["GET", "POST", "DELETE", "OPTIONS"] as const)("takes %s", async (method) => {
      expect((await test.ask("/echo/x", { method })).json()).toMatchObject({ method });
    });
  });

  it.each(["POST", "PUT", "PATCH"] as const)("/upload counts and hashes a body: %s", async (method) => {
    const body = reproducibleBytes(0, MEBIBYTE);
    expect((await test.ask("/upload?waitMs=1", { method, body })).json()).toEqual({
      bytes: MEBIBYTE,
      sha256: createHash("sha256").update(body).digest("hex"),
    });
    expect(test.api.requests.at(-1)).toMatchObject({ bytesReceived: MEBIBYTE });
  });

  describe("/status", () => {
    it.each([200, 201, 400, 404, 418, 429, 500, 503, 599])("answers %d", async (status) => {
      const answer = await test.ask(`/status/${status}?retryAfter=5`, { method: "POST", body: "ignored" });
      expect(answer.status).toBe(status);
      expect(answer.json()).toMatchObject({ status, method: "POST" });
      expect(answer.headers["retry-after"]).toBe("5");
    });

    it.each([204, 205, 304])("answers %d without a body", async (status) => {
      const answer = await test.ask(`/status/${status}`);
      expect([answer.status, answer.body.length]).toEqual([status, 0]);
    });

    it.each(["100", "600", "x", ""])("knows no status %j", async (status) => {
      expect((await test.ask(`/status/${status}`)).status).toBe(400);
    });
  });

  it("/slow answers when its time has come", async () => {
    expect((await test.ask("/slow?ms=5")).json()).toEqual({ waitedMs: 5 });
  });

  it.each([
    "/slow?ms=x",
    "/slow?ms=-1",
    "/slow?ms=600001",
    "/redirect",
    "/redirect?to=%0d%0ax",
    "/redirect?to=/&status=200",
  ])("%s is a bad request", async (path) => {
    const answer = await test.ask(path);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code: "BadRequest" } });
  });

  it("/redirect sends wherever it is told", async () => {
    const { status, headers } = await test.ask("/redirect?to=https%3A%2F%2Felsewhere.example%2F%3Fa");
    expect([status, headers.location]).toEqual([302, "https://elsewhere.example/?a"]);
    expect((await test.ask("/redirect?to=/me&status=308")).status).toBe(308);
  });

  it("/cookies sets two, and tells those that came", async () => {
    const { headers, json } = await test.ask("/cookies", { headers: { cookie: "a=b" } });
    expect(headers["set-cookie"]).toHaveLength(2);
    expect(json()).toEqual({ received: "a=b" });
    expect((await test.ask("/cookies")).json()).toEqual({ received: null });
  });

  describe("/etag", () => {
    it("gives its tag, and 304 to those who know it", async () => {
      const { status, headers } = await test.ask("/etag");
      expect([status, headers.etag]).toEqual([200, '"one"']);
      for (const known of ['"one"', 'W/"one"', '"two", "one"', "*"]) {
        const again = await test.ask("/etag", { headers: { "if-none-match": known } });
        expect([again.status, again.headers.etag, again.body.length]).toEqual([304, '"one"', 0]);
      }
      expect((await test.ask("/etag", { headers: { "if-none-match": '"two"' } })).status).toBe(200);
    });
  });

  describe("/range", () => {
    it.each([
      ["bytes=0-9", 0, 10],
      ["bytes=990-", 990, 10],
      ["bytes=-10", 990, 10],
      ["bytes=995-2000", 995, 5],
      ["bytes=-2000", 0, 1_000],
    ])("gives %s", async (range, start, length) => {
      const answer = await test.ask("/range", { headers: { range, "if-range": '"one"' } });
      expect(answer.status).toBe(206);
      expect(answer.headers["content-range"]).toBe(`bytes ${start}-${start + length - 1}/1000`);
      expect(answer.body.equals(reproducibleBytes(start, length))).toBe(true);
    });

    it.each([
      {},
      { range: "bytes=0-1,3-4" },
      { range: "lines=1-2" },
      { range: "bytes=-" },
      { range: "bytes=0-9", "if-range": '"old"' },
    ])("gives all for %o", async (headers) => {
      const answer = await test.ask("/range?size=100", { headers });
      expect(answer.status).toBe(200);
      expect(answer.body.equals(reproducibleBytes(0, 100))).toBe(true);
    });

    it.each(["bytes=1000-", "bytes=5-4", "bytes=-0"])("cannot give %s", async (range) => {
      const answer = await test.ask("/range", { headers: { range } });
      expect([answer.status, answer.headers["content-range"]]).toEqual([416, "bytes */1000"]);
    });
  });

  it("has nothing anywhere else", async () => {
    for (const path of ["/", "/nowhere", "/me/", "/me/photo", "/echo", "/download/x"]) {
      const answer = await test.ask(path);
      expect(answer.status).toBe(404);
      expect(answer.json()).toMatchObject({ error: { code: "ResourceNotFound" } });
    }
  });

  it("names the methods that a path takes", async () => {
    const answer = await test.ask("/upload");
    expect([answer.status, answer.headers.allow]).toEqual([405, "POST, PUT, PATCH"]);
    expect((await test.ask("/me", { method: "DELETE" })).status).toBe(405);
  });
});
