import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fixture, startFixture } from "./support/fixtureApp.ts";
import { parse, RawConnection } from "./support/rawHttp.ts";

describe("a handler that fails", () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await startFixture({
      limits: { activityTimeoutMs: 1_200 },
      source: `
        import { subscribe } from "node:diagnostics_channel";
        const responses = new Map();
        const attempts = new Map();
        subscribe("http.server.request.start", ({ request, response }) => {
          const id = request.headers["x-ms-invocation-id"];
          attempts.set(request.url, (attempts.get(request.url) ?? 0) + 1);
          if (!responses.has(id)) responses.set(id, response);
        });
        const on = (name, handler) => app.http(name, { handler });
        on("ok", async () => ({ body: "ok" }));
        on("throws", async () => { throw new Error("the handler failed"); });
        on("throwsText", async () => { throw "text"; });
        on("undefined", async () => undefined);
        on("text", async () => "text");
        on("status", async () => ({ status: 99 }));
        on("firstPull", async () => ({ body: new ReadableStream({ pull() { throw new Error("first pull"); } }) }));
        on("half", async () => {
          let pulls = 0;
          return { body: new ReadableStream({ pull(controller) {
            if (pulls++ > 0) throw new Error("half way");
            controller.enqueue(Buffer.from("half"));
          } }) };
        });
        on("silent", async () => ({ body: new ReadableStream({ async start(controller) {
          controller.enqueue(Buffer.from("then nothing"));
          await new Promise(() => undefined);
        } }) }));
        on("heartbeat", async () => ({ body: new ReadableStream({ async start(controller) {
          for (let beat = 0; beat < 8; beat++) {
            controller.enqueue(Buffer.from("beat"));
            await new Promise((resolve) => setTimeout(resolve, 300));
          }
          controller.close();
        } }) }));
        on("destroy", async (_, context) => { responses.get(context.invocationId).destroy(); return { body: "x" }; });
        on("attempts", async (request) => ({ body: String(attempts.get(request.query.get("of"))) }));`,
    });
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const text = async (path: string): Promise<string> => (await fetch(`${fixture.host.url}/api/${path}`)).text();

  it.each(["throws", "throwsText", "undefined", "text", "status", "firstPull"])(
    "with %s gives its caller nothing until the host loses patience, then 500",
    { concurrent: true },
    async (name) => {
      using connection = new RawConnection(fixture.host.url);
      connection.send(`GET /api/${name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      for (let call = 0; call < 3; call++) expect(await text("ok")).toBe("ok");
      expect(connection.received).toBe("");
      await connection.closed;
      expect(parse(connection.received)).toMatchObject({ status: 500, body: "" });
    },
  );

  it.each(["half", "silent"])(
    "in mid-stream (%s) leaves its caller in silence, then the connection is reset",
    { concurrent: true },
    async (name) => {
      using connection = new RawConnection(fixture.host.url);
      connection.send(`GET /api/${name} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await connection.until("\r\n\r\n");
      for (let call = 0; call < 3; call++) expect(await text("ok")).toBe("ok");
      expect(connection.received).not.toContain("0\r\n\r\n");
      expect(await connection.closed).toBe("reset");
    },
  );

  it("is told apart from a slow one by any byte: a heartbeat keeps the stream open", { concurrent: true }, async () => {
    expect(await text("heartbeat")).toBe("beat".repeat(8));
  });

  it("by destroying its response before the first byte gets its GET a second time", { concurrent: true }, async () => {
    expect((await fetch(`${fixture.host.url}/api/destroy`)).status).toBe(500);
    expect(Number(await text("attempts?of=/api/destroy"))).toBeGreaterThan(1);
    expect((await fetch(`${fixture.host.url}/api/destroy?post`, { method: "POST", body: "x" })).status).toBe(500);
    expect(await text(`attempts?of=${encodeURIComponent("/api/destroy?post")}`)).toBe("1");
  });

  it("is logged with what it failed of", async () => {
    await expect
      .poll(() =>
        fixture.lines
          .filter(({ level }) => level === "error")
          .map(({ message }) => message)
          .join(),
      )
      .toContain("the handler failed");
  });
});

describe("an unhandled rejection", () => {
  const SOURCE = `
    app.http("ok", { handler: async () => ({ body: "ok" }) });
    app.http("crash", { handler: async () => { void Promise.reject(new Error("nobody caught this")); return new Promise(() => undefined); } });
    app.http("stream", { handler: async () => ({ body: new ReadableStream({ start(controller) {
      controller.enqueue(Buffer.from("begun"));
    } }) }) });
    app.http("never", { handler: () => new Promise(() => undefined) });`;

  it("ends the worker and every call in flight; a new worker takes the next", async () => {
    await using fixture = await startFixture({ source: SOURCE });
    using stream = new RawConnection(fixture.host.url);
    stream.send("GET /api/stream HTTP/1.1\r\nHost: x\r\n\r\n");
    await stream.until("begun");
    const { pid } = fixture.host.worker;
    const answers = await Promise.all(["never", "crash"].map((name) => fetch(`${fixture.host.url}/api/${name}`)));
    expect(answers.map(({ status }) => status)).toEqual([500, 500]);
    expect(await stream.closed).toBe("reset");
    expect(await (await fetch(`${fixture.host.url}/api/ok`)).text()).toBe("ok");
    expect(fixture.host.worker).toMatchObject({ restarts: 1 });
    expect(fixture.host.worker.pid).not.toBe(pid);
    expect(fixture.lines.find(({ message }) => message.includes("nobody caught this"))).toMatchObject({
      level: "error",
      category: "Host.Function.Console",
    });
  });

  it("time and again makes the host give up", async () => {
    await using fixture = await startFixture({
      source: `
        import { existsSync, writeFileSync } from "node:fs";
        if (existsSync("started")) process.exit(3);
        writeFileSync("started", "");
        ${SOURCE}`,
      limits: { maxRestartsInARow: 2 },
    });
    expect((await fetch(`${fixture.host.url}/api/crash`)).status).toBe(500);
    expect((await fetch(`${fixture.host.url}/api/ok`)).status).toBe(503);
    expect(fixture.host.worker.restarts).toBe(2);
    expect(fixture.lines.at(-1)).toMatchObject({ level: "critical", category: "Host.Startup" });
    await expect(fixture.host.workerMemory()).rejects.toThrow(/not started again/);
  });
});
