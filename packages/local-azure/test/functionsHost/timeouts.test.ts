import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fixture, startFixture } from "./support/fixtureApp.ts";
import { exchange, parse, RawConnection } from "./support/rawHttp.ts";

const SOURCE = `
  app.http("hello", { handler: async (request) => ({ body: String([...request.headers].join().length) }) });
  app.http("never", { handler: () => new Promise(() => undefined) });
  app.http("ticks", { handler: async (request) => ({ body: new ReadableStream({ async pull(controller) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.enqueue(Buffer.from("tick"));
  } }) }) });
  app.http("slow", { handler: async (request) => {
    await new Promise((resolve) => setTimeout(resolve, Number(request.query.get("ms"))));
    return { status: 204 };
  } });`;

describe("a call that outlasts functionTimeout", () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await startFixture({ source: SOURCE, functionTimeoutMs: 500, limits: { timeoutGraceMs: 300 } });
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const messages = (text: string): string[] =>
    fixture.lines.map(({ message }) => message).filter((message) => message.includes(text));
  const hello = async (): Promise<number> => (await fetch(`${fixture.host.url}/api/hello`)).status;

  it.each([
    ["its handler never returns", "/api/never", ""],
    ["its caller sent an x-ms-invocation-id", "/api/hello", "\nX-MS-Invocation-Id: 0"],
    ["its header fields have 17 KiB", "/api/hello", `\nX: ${"x".repeat(17 * 1024)}`],
    ["its header fields have 31 KiB", "/api/hello", `\nX: ${"x".repeat(30 * 1024)}`],
    ["a header value is UTF-8", "/api/hello", "\nX: \u00c3\u00a9"],
    ["a header value has a control character", "/api/hello", "\nX: a\u0001b"],
    ["it expects something odd", "/api/hello", "\nExpect: zz"],
  ])("because %s is answered 500 when its worker is killed", async (_, path, fields) => {
    expect(await hello()).toBe(200);
    const { pid, restarts } = fixture.host.worker;
    const timeouts = messages("Timeout value of").length;
    const answer = await exchange(fixture.host.url, `GET ${path} HTTP/1.1\nHost: x${fields}`);
    expect(answer).toMatchObject({ status: 500, body: "" });
    expect(messages("Timeout value of")).toHaveLength(timeouts + 1);
    expect(await hello()).toBe(200);
    expect(fixture.host.worker.restarts).toBe(restarts + 1);
    expect(fixture.host.worker.pid).not.toBe(pid);
  });

  it("as a stream is reset, and every other call of that worker with it", async () => {
    expect(await hello()).toBe(200);
    using stream = new RawConnection(fixture.host.url);
    stream.send("GET /api/ticks HTTP/1.1\r\nHost: x\r\n\r\n");
    await stream.until("tick");
    await new Promise((resolve) => setTimeout(resolve, 400));
    using later = new RawConnection(fixture.host.url);
    later.send("GET /api/ticks HTTP/1.1\r\nHost: x\r\n\r\n");
    using waiting = new RawConnection(fixture.host.url);
    waiting.send("GET /api/slow?ms=5000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await stream.closed).toBe("reset");
    expect(await later.closed).toBe("reset");
    await waiting.closed;
    expect(parse(waiting.received).status).toBe(500);
    expect(await hello()).toBe(200);
  });

  it("but ends within the grace is answered 500 without the worker's end", async () => {
    await using patient = await startFixture({
      source: SOURCE,
      functionTimeoutMs: 200,
      limits: { timeoutGraceMs: 30_000 },
    });
    expect((await fetch(`${patient.host.url}/api/slow?ms=400`)).status).toBe(500);
    expect((await fetch(`${patient.host.url}/api/hello`)).status).toBe(200);
    expect(patient.host.worker.restarts).toBe(0);
  });
});

describe("a worker that takes larger header fields", () => {
  it("serves up to 31 KiB of them; 33 KiB are refused by the host", async () => {
    await using fixture = await startFixture({
      source: SOURCE,
      settings: { languageWorkers__node__arguments: "--max-http-header-size=65536" },
    });
    const send = (kibibytes: number) =>
      exchange(fixture.host.url, `GET /api/hello HTTP/1.1\nHost: x\nX: ${"x".repeat(kibibytes * 1024)}`);
    expect(await send(31)).toMatchObject({ status: 200 });
    expect(await send(33)).toMatchObject({ status: 431 });
    expect(fixture.host.worker.restarts).toBe(0);
  });
});

describe("functionTimeout of host.json", () => {
  it("counts where the options say nothing", async () => {
    await using fixture = await startFixture({
      source: SOURCE,
      hostJson: { version: "2.0", functionTimeout: "00:00:01" },
      limits: { timeoutGraceMs: 50 },
    });
    expect((await fetch(`${fixture.host.url}/api/never`)).status).toBe(500);
    expect(fixture.lines.map(({ message }) => message).join()).toContain("Timeout value of 1000 ms");
  });
});
