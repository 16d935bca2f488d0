import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reproducibleBytes, reproducibleChunks, reproducibleSha256 } from "../../src/downstream/reproducibleBytes.ts";
import { type DownstreamUnderTest, startDownstreamUnderTest } from "./downstreamUnderTest.ts";

const MEBIBYTE = 1_048_576;

describe("what the downstream API streams", () => {
  let test: DownstreamUnderTest;
  beforeAll(async () => {
    test = await startDownstreamUnderTest();
  });
  afterAll(() => test.close());

  describe("/events", () => {
    it("are server-sent events", async () => {
      const { headers, body } = await test.ask("/events?count=2&everyMs=1");
      expect(headers["content-type"]).toBe("text/event-stream");
      expect(body.toString()).toBe('id: 0\ndata: {"index":0}\n\nid: 1\ndata: {"index":1}\n\n');
      expect((await test.ask("/events?count=0")).body).toHaveLength(0);
      expect((await test.ask("/events")).body.toString().match(/data:/g)).toHaveLength(3);
    });

    it("come one at a time, long before the last", async () => {
      const path = "/events?count=2&everyMs=600000";
      const finished = test.finished(path);
      const { body } = await test.send(path);
      for await (const chunk of body) {
        expect(String(chunk)).toBe('id: 0\ndata: {"index":0}\n\n');
        break;
      }
      expect(await finished).toMatchObject({ status: 200, clientHungUp: true });
    });
  });

  describe("/download", () => {
    it.each([0, 1, 65_536, 3 * MEBIBYTE + 7])("gives %d bytes with their length", async (bytes) => {
      const { headers, body } = await test.ask(`/download?bytes=${bytes}`);
      expect(headers["content-length"]).toBe(String(bytes));
      expect(headers["transfer-encoding"]).toBeUndefined();
      expect(createHash("sha256").update(body).digest("hex")).toBe(reproducibleSha256(bytes));
    });

    it("gives the same in chunks of unknown number", async () => {
      const { headers, body } = await test.ask(`/download?bytes=${MEBIBYTE}&chunked=1`);
      expect([headers["content-length"], headers["transfer-encoding"]]).toEqual([undefined, "chunked"]);
      expect(createHash("sha256").update(body).digest("hex")).toBe(reproducibleSha256(MEBIBYTE));
    });

    it("tells the length to HEAD, and no more", async () => {
      const { status, headers, body } = await test.ask("/download?bytes=1000", { method: "HEAD" });
      expect([status, headers["content-length"], body.length]).toEqual([200, "1000", 0]);
    });

    it("waits for a client that does not read, and notices when it leaves", async () => {
      const path = `/download?bytes=${2 ** 40}`;
      const finished = test.finished(path);
      const { body } = await test.send(path);
      const before = process.memoryUsage().arrayBuffers;
      await delay(200);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MEBIBYTE);
      body.on("error", () => undefined).destroy();
      expect(await finished).toMatchObject({ status: 200, clientHungUp: true });
    });
  });

  it("/trickle gives a byte at a time", async () => {
    expect((await test.ask("/trickle?everyMs=1&bytes=5")).body.equals(reproducibleBytes(0, 5))).toBe(true);
    const finished = test.finished("/trickle?everyMs=1");
    const { body } = await test.send("/trickle?everyMs=1");
    let received = 0;
    for await (const chunk of body) {
      received += chunk.length;
      if (received >= 3) break;
    }
    expect(await finished).toMatchObject({ clientHungUp: true });
  });
});

describe("the reproducible bytes", () => {
  it("are the same wherever one begins, in whatever pieces", () => {
    const whole = reproducibleBytes(0, 200_000);
    expect(reproducibleBytes(0, 200_000).equals(whole)).toBe(true);
    expect(reproducibleBytes(12_345, 678).equals(whole.subarray(12_345, 13_023))).toBe(true);
    expect(Buffer.concat([...reproducibleChunks(17, 150_000)]).equals(whole.subarray(17, 150_017))).toBe(true);
    expect(reproducibleSha256(200_000)).toBe(createHash("sha256").update(whole).digest("hex"));
    expect(new Set(whole).size).toBe(256);
  });
});
