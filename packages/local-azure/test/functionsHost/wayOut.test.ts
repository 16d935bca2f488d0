import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fixture, startFixture } from "./support/fixtureApp.ts";
import { exchange, headers, RawConnection } from "./support/rawHttp.ts";

const MEBIBYTE = 1024 * 1024;
const STREAM_BYTES = 200 * MEBIBYTE;

// An app may learn of the true request and response of its call through Node's diagnostics channel. It works under the
// real host; here it must too.
describe("the true request and response, by way of the diagnostics channel", () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await startFixture({
      source: `
        import { subscribe } from "node:diagnostics_channel";
        const calls = new Map();
        subscribe("http.server.request.start", ({ request, response }) => {
          const id = request.headers["x-ms-invocation-id"];
          calls.set(id, { request, response });
          response.once("close", () => calls.delete(id));
        });
        const on = (name, handler) => app.http(name, { handler });
        const hangUps = [];
        on("headers", async (request, context) => ({ jsonBody: {
          seen: request.headers.get("authorization"),
          true: calls.get(context.invocationId).request.headers.authorization,
          url: calls.get(context.invocationId).request.url,
        } }));
        on("hangUp", async (_, context) => {
          const { response } = calls.get(context.invocationId);
          const left = new Promise((resolve) => response.once("close", () => {
            hangUps.push(!response.writableFinished);
            resolve();
          }));
          return { body: new ReadableStream({ async start(controller) {
            controller.enqueue(Buffer.from("begun"));
            await left;
            controller.close();
          } }) };
        });
        on("waiting", async (_, context) => {
          const { response } = calls.get(context.invocationId);
          await new Promise((resolve) => response.once("close", resolve));
          hangUps.push(!response.headersSent);
          return { status: 204 };
        });
        on("hangUps", async () => ({ jsonBody: hangUps }));
        on("calls", async () => ({ body: String(calls.size) }));
        on("destroy", async (_, context) => {
          const { response } = calls.get(context.invocationId);
          let pulls = 0;
          return { body: new ReadableStream({ async pull(controller) {
            // Once the first chunk is out: a response destroyed before its first byte is another case.
            if (pulls === 1) await new Promise((resolve) => setTimeout(resolve, 100));
            if (pulls++ === 0) controller.enqueue(Buffer.from("begun"));
            else { response.destroy(); controller.close(); }
          } }, { highWaterMark: 0 }) };
        });
        on("cookies", async (_, context) => {
          calls.get(context.invocationId).response.setHeader("set-cookie", ["a=1", "b=2"]);
          return { body: "x" };
        });
        const chunk = Buffer.alloc(256 * 1024, "x");
        const big = (wait) => {
          let left = ${STREAM_BYTES} / chunk.length;
          return new ReadableStream({ async pull(controller) {
            await wait();
            if (left-- === 0) controller.close(); else controller.enqueue(Buffer.from(chunk));
          } }, { highWaterMark: 0 });
        };
        on("flood", async () => ({ body: big(async () => undefined) }));
        on("polite", async (_, context) => {
          const { response } = calls.get(context.invocationId);
          return { body: big(async () => {
            while (response.writableNeedDrain) await new Promise((resolve) => response.once("drain", resolve));
          }) };
        });`,
    });
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const json = async (path: string): Promise<unknown> => (await fetch(`${fixture.host.url}/api/${path}`)).json();
  const open = (path: string): RawConnection =>
    new RawConnection(fixture.host.url).send(`GET /api/${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const rss = async (): Promise<number> => (await fixture.host.workerMemory()).rss;

  it("shows the header fields that the caller sent, whatever the query says", async () => {
    const forged = encodeURIComponent(JSON.stringify({ authorization: "forged" }));
    const answer = await fetch(`${fixture.host.url}/api/headers?Headers=${forged}`, {
      headers: { authorization: "true" },
    });
    expect(await answer.json()).toEqual({ seen: "forged", true: "true", url: `/api/headers?Headers=${forged}` });
  });

  it("shows that the caller hung up: in mid-stream, and before the first byte", async () => {
    const stream = open("hangUp");
    await stream.until("begun");
    stream[Symbol.dispose]();
    await expect.poll(() => json("hangUps")).toEqual([true]);
    const waiting = open("waiting");
    await expect.poll(() => fixture.lines.some(({ message }) => message.includes("'Functions.waiting'"))).toBe(true);
    waiting[Symbol.dispose]();
    await expect.poll(() => json("hangUps")).toEqual([true, true]);
    expect(fixture.lines.filter(({ message }) => message.startsWith("The client disconnected"))).toHaveLength(2);
    expect(fixture.lines.filter(({ level }) => level === "error")).toEqual([]);
    // All calls are forgotten but the one that asks.
    expect(await (await fetch(`${fixture.host.url}/api/calls`)).text()).toBe("1");
  });

  it("lets a stream that fails half way reset its caller at once", async () => {
    using connection = open("destroy");
    expect(await connection.closed).toBe("reset");
    expect(connection.received).toContain("begun");
    expect(connection.received).not.toContain("0\r\n\r\n");
  });

  it("lets several cookies pass", async () => {
    expect(headers(await exchange(fixture.host.url, "GET /api/cookies HTTP/1.1\nHost: x"), "set-cookie")).toEqual([
      "a=1",
      "b=2",
    ]);
  });

  it("lets a handler heed a slow reader; without it the library pulls the whole stream into the worker", async () => {
    expect(await grownBy("polite")).toBeLessThan(STREAM_BYTES / 3);
    expect(await grownBy("flood")).toBeGreaterThan(STREAM_BYTES / 2);
  });

  /** How much the worker grows while its caller reads the beginning of a stream, then nothing; the host must not. */
  async function grownBy(path: string): Promise<number> {
    const workerBefore = await rss();
    const hostBefore = process.memoryUsage.rss();
    using connection = open(path);
    await connection.until("\r\n\r\n");
    connection.pause();
    let last = 0;
    let now = await rss();
    // Until it grows no more.
    while (now - last > MEBIBYTE) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      last = now;
      now = await rss();
    }
    expect(process.memoryUsage.rss() - hostBefore).toBeLessThan(STREAM_BYTES / 3);
    return now - workerBefore;
  }
});
