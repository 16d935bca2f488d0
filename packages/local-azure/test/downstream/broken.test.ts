import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { reproducibleBytes } from "../../src/downstream/reproducibleBytes.ts";
import { type DownstreamUnderTest, startDownstreamUnderTest } from "./downstreamUnderTest.ts";

const CLOSED = /other side closed|ECONNRESET|terminated/;

describe("a downstream API that breaks", () => {
  let test: DownstreamUnderTest;
  beforeAll(async () => {
    test = await startDownstreamUnderTest();
  });
  beforeEach(() => test.api.faults.clear());
  afterAll(() => test.close());

  it.each(["", "&chunked=1"])("/cut%s dies in the middle of the body", async (how) => {
    const path = `/cut?after=5000${how}`;
    const finished = test.finished(path);
    const { statusCode, body } = await test.send(path);
    expect(statusCode).toBe(200);
    const received: Buffer[] = [];
    const reading = (async () => {
      for await (const chunk of body) received.push(chunk);
    })();
    await expect(reading).rejects.toThrow(CLOSED);
    expect(Buffer.concat(received).equals(reproducibleBytes(0, 5_000))).toBe(true);
    expect(await finished).toMatchObject({ status: 200, clientHungUp: false });
  });

  it("/hang never answers; the log tells that the client left", async () => {
    const finished = test.finished("/hang");
    const giveUp = new AbortController();
    const leave = test.api.onArrival(() => setImmediate(() => giveUp.abort(new Error("given up"))));
    await expect(test.ask("/hang", { signal: giveUp.signal })).rejects.toThrow("given up");
    leave();
    expect(await finished).toMatchObject({ url: "/hang", status: undefined, clientHungUp: true });
  });

  it("/garbage answers something that is not HTTP", async () => {
    await expect(test.ask("/garbage")).rejects.toThrow(/HTTP/i);
    const socket = connect({ port: Number(new URL(test.api.url).port), host: "localhost", ca: test.ca });
    socket.write(`GET /garbage HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${await test.token()}\r\n\r\n`);
    expect(await text(socket)).toBe("\x00This is not HTTP.\r\n\r\n");
  });

  it("fails on demand, with headers, for callers whose token holds", async () => {
    test.api.faults.failing(429, { "retry-after": "3" }, { requests: 1, pathPrefix: "/me" });
    expect((await test.ask("/me", { headers: { authorization: "" } })).status).toBe(401);
    expect((await test.ask("/etag")).status).toBe(200);
    const failed = await test.ask("/me");
    expect([failed.status, failed.headers["retry-after"]]).toEqual([429, "3"]);
    expect((await test.ask("/me")).status).toBe(200);
    expect(() => test.api.faults.failing(200)).toThrow(RangeError);
  });

  it("is slow, hangs, or cuts on demand", async () => {
    test.api.faults.slow(1, { requests: 1 });
    expect((await test.ask("/me")).status).toBe(200);
    test.api.faults.cut({ requests: 1 });
    await expect(test.ask("/me")).rejects.toThrow(CLOSED);
    test.api.faults.hang({ requests: 1 });
    const giveUp = new AbortController();
    const leave = test.api.onArrival(() => setImmediate(() => giveUp.abort(new Error("given up"))));
    await expect(test.ask("/me", { signal: giveUp.signal })).rejects.toThrow("given up");
    leave();
  });

  it("goes down and up again on the same port", async () => {
    await test.ask("/me");
    expect(test.api.openConnections()).toBeGreaterThan(0);
    await test.api.faults.down();
    await expect(test.ask("/me")).rejects.toThrow(/ECONNREFUSED/);
    await test.api.faults.up();
    expect((await test.ask("/me")).status).toBe(200);
  });
});

describe("the log of the downstream API", () => {
  it("keeps what came and whose it was, and no token", async () => {
    const test = await startDownstreamUnderTest();
    const token = await test.token({ oid: "ada", uti: "token one" });
    const arrivals: string[] = [];
    test.api.onArrival(({ url, status }) => arrivals.push(`${url} ${status}`));
    await test.ask("/echo/%41?b=%20", { method: "POST", body: "four", headers: { "X-One": "1" } }, token);
    await test.close();
    expect(arrivals).toEqual(["/echo/%41?b=%20 undefined"]);
    expect(test.api.requests).toMatchObject([
      {
        atMs: expect.any(Number),
        method: "POST",
        url: "/echo/%41?b=%20",
        headers: expect.arrayContaining([
          ["authorization", "Bearer [redacted]"],
          ["X-One", "1"],
        ]),
        user: "ada",
        audience: "api://downstream",
        clientApp: "the-gateway",
        tokenId: "token one",
        bytesReceived: 4,
        status: 200,
        durationMs: expect.any(Number),
        clientHungUp: false,
      },
    ]);
    expect(JSON.stringify(test.api.requests)).not.toContain(token.slice(-20));
    expect(test.api.openConnections()).toBe(0);
  });
});
