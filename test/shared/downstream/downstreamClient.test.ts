import { getEventListeners } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { reproducibleBytes } from "@obo-gateway/local-azure/downstream/reproducibleBytes.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { DownstreamUnderTest } from "../../../packages/local-azure/test/downstream/downstreamUnderTest.ts";
import { startDownstreamUnderTest } from "../../../packages/local-azure/test/downstream/downstreamUnderTest.ts";
import type { DownstreamClient } from "../../../shared/downstream/downstreamClient.ts";
import { Secret } from "../../../shared/secret.ts";
import { trustCa } from "../credentials/support/trust.ts";
import { bytesOf, CORRELATION_ID, clientOf, get } from "./support/calls.ts";

const echoed = z.object({
  method: z.string(),
  url: z.string(),
  rawHeaders: z.array(z.string()),
  body: z.base64().transform((text) => Buffer.from(text, "base64")),
});

describe("DownstreamClient, over real TLS", () => {
  let downstream: DownstreamUnderTest;
  let token: Secret;
  let client: DownstreamClient;
  beforeAll(async () => {
    downstream = await startDownstreamUnderTest();
    trustCa(downstream.ca);
    token = new Secret(await downstream.token());
    client = clientOf(downstream.api.url);
  });
  afterEach(() => downstream.api.faults.clear());
  afterAll(async () => {
    await client.close();
    await downstream.close();
  });

  it.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])(
    "relays %s: path, query, headers, body",
    async (method) => {
      const text = method === "GET" ? "" : "body of the caller";
      const rawHeaders = ["Content-Type", "text/plain", "X-Twice", "1", "X-Twice", "2", "X-Bytes", "caf\u00e9"];
      const path = "/echo/caf%C3%A9/a;b?q=1&q=2&r=%2F";
      const { status, headers, body } = await client.call(
        get(path, { method, rawHeaders, body: text === "" ? undefined : Readable.from([text], { objectMode: false }) }),
        token,
      );
      expect(status).toBe(200);
      expect(Object.fromEntries(headers)["content-type"]).toContain("application/json");
      const seen = echoed.parse(JSON.parse((await bytesOf(body)).toString()));
      expect(seen).toMatchObject({ method, url: path });
      expect(seen.body.toString()).toBe(text);
      const received = pairs(seen.rawHeaders);
      for (const pair of pairs(rawHeaders)) expect(received).toContainEqual(pair);
      expect(received.filter(([name]) => name === "X-Twice").map(([, value]) => value)).toEqual(["1", "2"]);
      expect(received).toContainEqual(["x-correlation-id", CORRELATION_ID]);
      expect(received.filter(([name]) => name?.toLowerCase() === "authorization")).toEqual([
        ["Authorization", "Bearer [redacted]"],
      ]);
      expect(received.filter(([name]) => name?.toLowerCase() === "host")).toEqual([
        ["host", new URL(downstream.api.url).host],
      ]);
    },
  );

  it("keeps the length that the caller gave", async () => {
    const rawHeaders = ["Content-Length", "5"];
    const { body } = await client.call(
      get("/echo/x", { method: "POST", rawHeaders, body: Readable.from(["12345"], { objectMode: false }) }),
      token,
    );
    const seen = echoed.parse(JSON.parse((await bytesOf(body)).toString()));
    expect(pairs(seen.rawHeaders)).toContainEqual(["content-length", "5"]);
    expect(seen.rawHeaders.map((name) => name.toLowerCase())).not.toContain("transfer-encoding");
  });

  it("gives HEAD its headers, and no body", async () => {
    const { status, headers, body } = await client.call(get("/download?bytes=1000", { method: "HEAD" }), token);
    expect(status).toBe(200);
    expect(headers).toContainEqual(["content-length", "1000"]);
    expect(await bytesOf(body)).toHaveLength(0);
  });

  it.each([
    [204, "/status/204", []],
    [304, "/etag", ["If-None-Match", '"one"']],
  ])("gives %i without a body", async (expected, path, rawHeaders) => {
    const { status, body } = await client.call(get(path, { rawHeaders }), token);
    expect(status).toBe(expected);
    expect(await bytesOf(body)).toHaveLength(0);
  });

  it.each([400, 404, 418, 429, 500, 503, 599])("takes %i for an answer, not for a failure", async (expected) => {
    const { status, headers, body } = await client.call(get(`/status/${expected}?retryAfter=7`), token);
    expect(status).toBe(expected);
    expect(headers).toContainEqual(["retry-after", "7"]);
    expect(JSON.parse((await bytesOf(body)).toString())).toMatchObject({ status: expected });
  });

  it.each([
    ["//evil.example/"],
    ["http://evil.example/"],
    ["/v1.0/../me"],
    ["/v1.0/%2e%2e/me"],
    ["/v1.0\\..\\..\\me"],
    ["/v1.0x"],
    ["/"],
    ["*"],
    [""],
  ])("sends nothing out of the base URL, whoever composed the path %j", async (path) => {
    const own = clientOf(downstream.api.url, { basePath: "/v1.0" });
    const before = downstream.api.requests.length;
    await expect(own.call(get(path), token)).rejects.toMatchObject({ code: "invalid_target" });
    expect(downstream.api.requests).toHaveLength(before);
    await own.close();
  });

  it.each([301, 302, 303, 307, 308])("does not follow a %i", async (expected) => {
    const before = downstream.api.requests.length;
    const to = `${downstream.api.url}/me`;
    const { status, headers, body } = await client.call(get(`/redirect?status=${expected}&to=${to}`), token);
    await bytesOf(body);
    expect(status).toBe(expected);
    expect(headers).toContainEqual(["location", "./me"]);
    expect(downstream.api.requests).toHaveLength(before + 1);
  });

  it("gives the client the API's cookies where the settings say so, each in a header of its own", async () => {
    const own = clientOf(downstream.api.url, { allowSetCookie: true });
    const { headers, body } = await own.call(get("/cookies", { rawHeaders: ["Cookie", "a=b"] }), token);
    expect(JSON.parse((await bytesOf(body)).toString())).toEqual({ received: null });
    expect(headers.filter(([name]) => name === "set-cookie")).toHaveLength(2);
    await own.close();
  });

  it("gives the client none of the API's cookies", async () => {
    const { headers, body } = await client.call(get("/cookies", { rawHeaders: ["Cookie", "a=b"] }), token);
    expect(JSON.parse((await bytesOf(body)).toString())).toEqual({ received: null });
    expect(headers.map(([name]) => name)).not.toContain("set-cookie");
  });

  it("brings the whole of a large answer, whichever way it is framed", async () => {
    for (const query of ["", "&chunked=1"]) {
      const { body } = await client.call(get(`/download?bytes=3000000${query}`), token);
      expect((await bytesOf(body)).equals(reproducibleBytes(0, 3_000_000))).toBe(true);
    }
  });

  it("streams: the answer's first piece is there before its last is sent", async () => {
    const { body } = await client.call(get("/events?count=2&everyMs=600000"), token);
    const [first] = await body.take(1).toArray();
    expect(String(first)).toContain('data: {"index":0}');
    body.destroy();
  });

  it("streams: the request's first piece arrives before its last is sent", async () => {
    const arrived = new Promise<void>((resolve) => {
      const leave = downstream.api.onArrival(({ url }) => {
        if (url !== "/upload?streamed") return;
        leave();
        resolve();
      });
    });
    const body = new PassThrough();
    body.write("first");
    const answer = client.call(get("/upload?streamed", { method: "POST", body }), token);
    await arrived;
    await vi.waitFor(() => expect(downstream.api.requests.at(-1)?.bytesReceived).toBe(5));
    body.end(" and last");
    expect(JSON.parse((await bytesOf((await answer).body)).toString())).toMatchObject({ bytes: 14 });
  });

  it("uses connections again, and closes them in the end", async () => {
    const own = clientOf(downstream.api.url);
    const before = downstream.api.openConnections();
    for (let time = 0; time < 20; time++) await bytesOf((await own.call(get("/me"), token)).body);
    // A second one, when the first had not yet been given back.
    expect(downstream.api.openConnections()).toBeLessThanOrEqual(before + 2);
    await own.close();
    await vi.waitFor(() => expect(downstream.api.openConnections()).toBeLessThanOrEqual(before));
  });

  it("opens no more connections than the settings allow: other calls wait", async () => {
    const own = clientOf(downstream.api.url, { maxConnections: 2 });
    const before = downstream.api.openConnections();
    const most = { open: 0 };
    const leave = downstream.api.onArrival(() => {
      most.open = Math.max(most.open, downstream.api.openConnections() - before);
    });
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const { status, body } = await own.call(get("/slow?ms=20"), token);
        await bytesOf(body);
        return status;
      }),
    );
    leave();
    expect(statuses).toEqual(Array.from({ length: 12 }, () => 200));
    expect(most.open).toBe(2);
    await own.close();
  });

  it("serves many at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const { body } = await client.call(get(`/echo/${index}`), token);
        return echoed.parse(JSON.parse((await bytesOf(body)).toString())).url;
      }),
    );
    expect(answers).toEqual(Array.from({ length: 100 }, (_, index) => `/echo/${index}`));
  });

  it("leaves nothing behind on the caller's signal", async () => {
    const { signal } = new AbortController();
    await bytesOf((await client.call(get("/me", { signal }), token)).body);
    await vi.waitFor(() => expect(getEventListeners(signal, "abort")).toHaveLength(0));
    downstream.api.faults.cut({ requests: 1 });
    await expect(client.call(get("/me", { signal }), token)).rejects.toThrow();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});

function pairs(rawHeaders: readonly string[]): (readonly [string, string])[] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as const] : []));
}
