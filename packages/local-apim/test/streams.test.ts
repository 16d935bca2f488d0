import { once } from "node:events";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { startBackend, status } from "./support/backend.ts";
import { startGateway } from "./support/gateway.ts";

describe("streams", () => {
  it('pass piece by piece with buffer-response="false"', async () => {
    const backend = await startBackend();
    let next = (_text: string): void => undefined;
    backend.answer((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      next = (text) => (text === "" ? response.end() : response.write(text));
    });
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: { backend: `<forward-request buffer-response="false" />` },
    });
    // The head alone is there before the first event.
    const response = await gateway.send("/");
    expect(response.headers["content-type"]).toBe("text/event-stream");
    const events = response.body.iterator();
    for (const text of ["data: 1\n\n", "data: 2\n\n"]) {
      next(text);
      expect(String((await events.next()).value)).toBe(text);
    }
    next("");
    expect((await events.next()).done).toBe(true);
  });

  it("pass in pieces of 8 KB unless told otherwise", async () => {
    const backend = await startBackend();
    let go: (() => void) | undefined;
    backend.answer((_, response) => {
      response.writeHead(200);
      response.write(Buffer.alloc(8_192, "a"));
      response.write("tail");
      go = () => response.end();
    });
    const gateway = await startGateway({ serviceUrl: backend.url });
    const response = await gateway.send("/");
    const chunks = response.body.iterator();
    let seen = "";
    while (seen.length < 8_192) seen += (await chunks.next()).value;
    expect(seen).not.toContain("tail");
    go?.();
    let rest = "";
    for await (const chunk of chunks) rest += chunk;
    expect(rest).toBe("tail");
  });

  it("hold the backend back when the caller does not read", async () => {
    const backend = await startBackend();
    const pieceBytes = 262_144;
    const endBytes = 268_435_456;
    let sent = 0;
    let stalled: (() => void) | undefined;
    const isStalled = new Promise<void>((resolve) => {
      stalled = resolve;
    });
    backend.answer(async (_, response) => {
      response.writeHead(200);
      const piece = Buffer.alloc(pieceBytes);
      while (sent < endBytes && !response.destroyed) {
        sent += piece.length;
        if (!response.write(piece)) {
          const drained = await Promise.race([once(response, "drain"), new Promise((r) => setTimeout(r, 300, "late"))]);
          if (drained === "late") return stalled?.();
        }
      }
      stalled?.();
    });
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: { backend: `<forward-request buffer-response="false" />` },
    });
    const response = await gateway.send("/");
    await isStalled;
    expect(sent).toBeLessThan(endBytes / 2);
    response.body.destroy();
    response.body.on("error", () => undefined);
  });

  it("carry a request body on as it comes, without a length", async () => {
    const backend = await startBackend();
    const got: string[] = [];
    let first: (() => void) | undefined;
    const firstCame = new Promise<void>((resolve) => {
      first = resolve;
    });
    backend.answer((request, response) => {
      request.on("data", (chunk) => {
        got.push(String(chunk));
        first?.();
      });
      request.on("end", () => response.end(got.join("")));
    });
    const gateway = await startGateway({ serviceUrl: backend.url });
    async function* pieces(): AsyncGenerator<string> {
      yield "one";
      await firstCame;
      yield "two";
    }
    const answer = await gateway.ask("/", { method: "POST", body: Readable.from(pieces()) });
    expect(answer.body).toBe("onetwo");
    expect(backend.requests[0]?.headers["transfer-encoding"]).toBe("chunked");
  });

  it("end at the backend when the caller hangs up", async () => {
    const backend = await startBackend();
    let arrived: (() => void) | undefined;
    const closed = new Promise<void>((resolve) => {
      backend.answer((_, response) => {
        response.once("close", resolve);
        arrived?.();
      });
    });
    const gateway = await startGateway({ serviceUrl: backend.url });
    const hangUp = new AbortController();
    arrived = () => hangUp.abort();
    await expect(gateway.send("/", { signal: hangUp.signal })).rejects.toThrow();
    await closed;
  });

  it("break off for the caller when the backend breaks off", async () => {
    const backend = await startBackend();
    backend.answer((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("half", () => response.destroy());
    });
    const gateway = await startGateway({ serviceUrl: backend.url });
    const response = await gateway.send("/");
    await expect(response.body.text()).rejects.toThrow();
  });
});

describe("answers without a body", () => {
  it.each([204, 304])("%i passes", async (code) => {
    const backend = await startBackend();
    backend.answer(status(code, "", { etag: '"x"' }));
    const gateway = await startGateway({ serviceUrl: backend.url });
    expect(await gateway.get("/")).toMatchObject({ status: code, body: "", headers: { etag: '"x"' } });
  });

  it("HEAD passes with the length that GET would have", async () => {
    const backend = await startBackend();
    backend.answer((_, response) => response.writeHead(200, { "content-length": "1234" }).end());
    const gateway = await startGateway({ serviceUrl: backend.url });
    expect(await gateway.ask("/", { method: "HEAD" })).toMatchObject({
      status: 200,
      headers: { "content-length": "1234" },
    });
  });
});
