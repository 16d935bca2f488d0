import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../../../local/net/listen.ts";
import { startBackend, status } from "./support/backend.ts";
import { type Options, startGateway } from "./support/gateway.ts";

const reasonInBody = {
  onError: `<set-header name="X-Reason"><value>@(context.LastError.Source + " " + context.LastError.Reason)</value></set-header>`,
};

/** A backend that takes connections, and does with them what the test says. */
async function startSocketServer(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://localhost:${await listen(server, "the test's sockets", 0)}`;
}

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
    const { Readable } = await import("node:stream");
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

describe("a backend that fails", () => {
  it("is a BackendConnectionFailure when nothing listens there, also for a request with a body", async () => {
    const gateway = await startGateway({ serviceUrl: "http://localhost:1", policy: reasonInBody });
    for (const options of [{}, { method: "POST", body: Buffer.alloc(1_000_000) }] as const) {
      const answer = await gateway.ask("/", options);
      expect(answer).toMatchObject({
        status: 500,
        headers: { "x-reason": "forward-request BackendConnectionFailure" },
      });
      expect(answer.json()).toMatchObject({
        statusCode: 500,
        message: "Internal server error",
        activityId: expect.any(String),
      });
    }
  });

  it("is a BackendConnectionFailure when it hangs up", async () => {
    const serviceUrl = await startSocketServer((socket) => socket.destroy());
    const gateway = await startGateway({ serviceUrl, policy: reasonInBody });
    expect(await gateway.get("/")).toMatchObject({
      status: 500,
      headers: { "x-reason": "forward-request BackendConnectionFailure" },
    });
  });

  it("is a Timeout when its head does not come in time", async () => {
    const serviceUrl = await startSocketServer(() => undefined);
    const gateway = await startGateway({
      serviceUrl,
      policy: { ...reasonInBody, backend: `<forward-request timeout-ms="50" />` },
    });
    expect(await gateway.get("/")).toMatchObject({ status: 500, headers: { "x-reason": "forward-request Timeout" } });
  });

  it("is its own affair with an error status, unless the policy says otherwise", async () => {
    const backend = await startBackend();
    backend.answer(status(404, "gone", { "x-own": "1" }));
    const plain = await startGateway({ serviceUrl: backend.url, policy: reasonInBody });
    expect(await plain.get("/")).toMatchObject({ status: 404, body: "gone" });
    const failing = await startGateway({
      serviceUrl: backend.url,
      policy: { ...reasonInBody, backend: `<forward-request fail-on-error-status-code="true" />` },
    });
    const answer = await failing.get("/");
    expect(answer).toMatchObject({ status: 404, body: "gone", headers: { "x-own": "1" } });
    expect(answer.headers["x-reason"]).toContain("forward-request");
  });

  it("needs an address in the first place", async () => {
    const gateway = await startGateway({ policy: reasonInBody });
    expect(await gateway.get("/")).toMatchObject({
      status: 500,
      headers: { "x-reason": "forward-request BackendNotFound" },
    });
  });

  it("has its redirects followed only when the policy says so", async () => {
    const backend = await startBackend();
    backend.answer((request, response) => {
      if (request.url === "/there") response.end("arrived");
      else response.writeHead(302, { location: "/there" }).end();
    });
    const plain = await startGateway({ serviceUrl: backend.url });
    expect(await plain.get("/")).toMatchObject({ status: 302, headers: { location: "/there" } });
    const following = await startGateway({
      serviceUrl: backend.url,
      policy: { backend: `<forward-request follow-redirects="true" />` },
    });
    expect(await following.get("/")).toMatchObject({ status: 200, body: "arrived" });
  });
});

describe("a circuit breaker", () => {
  const withBreaker = (url: string, failureCondition: object, more: object = {}): Options => {
    const rule = {
      name: "r",
      failureCondition: { count: 2, interval: "PT1M", ...failureCondition },
      tripDuration: "PT30S",
      ...more,
    };
    return {
      backends: { b: { url, circuitBreaker: { rules: [rule] } } },
      policy: { ...reasonInBody, inbound: `<set-backend-service backend-id="b" />` },
    };
  };

  it("opens after so many failures, answers 503 without a call, and closes again", async () => {
    const backend = await startBackend();
    backend.answer(status(500));
    let nowMs = 1_000_000;
    const gateway = await startGateway({
      ...withBreaker(backend.url, { statusCodeRanges: [{ min: 500, max: 599 }] }),
      now: () => nowMs,
    });
    const codes = async (count: number): Promise<number[]> => {
      const found: number[] = [];
      for (let i = 0; i < count; i += 1) found.push((await gateway.get("/")).status);
      return found;
    };
    expect(await codes(1)).toEqual([500]);
    nowMs += 61_000;
    // The first is forgotten by now.
    expect(await codes(3)).toEqual([500, 500, 503]);
    expect(backend.requests).toHaveLength(3);
    const refused = await gateway.get("/");
    expect(refused.json()).toEqual({ statusCode: 503, message: "Service Unavailable" });
    nowMs += 29_999;
    expect(await codes(1)).toEqual([503]);
    nowMs += 1;
    backend.answer(status(200));
    expect(await codes(3)).toEqual([200, 200, 200]);
  });

  it("gives outbound an answer to look at, or on-error an error", async () => {
    const backend = await startBackend();
    backend.answer(status(500));
    const seen = {
      outbound: `<set-header name="X-Outbound"><value>@(context.Response.StatusCode.ToString())</value></set-header>`,
    };
    const options = withBreaker(backend.url, { count: 1, statusCodeRanges: [{ min: 500, max: 599 }] });
    const second = async (openCircuit: "response" | "error") => {
      const gateway = await startGateway({ ...options, openCircuit, policy: { ...options.policy, ...seen } });
      await gateway.get("/");
      return gateway.get("/");
    };
    const answered = await second("response");
    expect(answered).toMatchObject({ status: 503, headers: { "x-outbound": "503" } });
    const failed = await second("error");
    expect(failed).toMatchObject({ status: 503, headers: { "x-reason": "forward-request BackendConnectionFailure" } });
  });

  it("opens for as long as Retry-After says, if the rule accepts that", async () => {
    const backend = await startBackend();
    backend.answer(status(429, "", { "retry-after": "120" }));
    let nowMs = 1_000_000;
    const gateway = await startGateway({
      ...withBreaker(backend.url, { count: 1, statusCodeRanges: [{ min: 429, max: 429 }] }, { acceptRetryAfter: true }),
      now: () => nowMs,
    });
    expect((await gateway.get("/")).status).toBe(429);
    nowMs += 119_000;
    expect((await gateway.get("/")).status).toBe(503);
    nowMs += 1_000;
    expect((await gateway.get("/")).status).toBe(429);
  });

  it("counts connections that fail, by their reason", async () => {
    const gateway = await startGateway(
      withBreaker("http://localhost:1", { errorReasons: ["backendConnectionFailure"] }),
    );
    expect([(await gateway.get("/")).status, (await gateway.get("/")).status, (await gateway.get("/")).status]).toEqual(
      [500, 500, 503],
    );
  });
});

it("keeps the caller's Expect for the policies to judge", async () => {
  const gateway = await startGateway({
    policy: {
      inbound: `<return-response><set-body>@(context.Request.Headers.GetValueOrDefault("Expect", "none"))</set-body></return-response>`,
    },
  });
  const { connect } = await import("node:net");
  const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.end("GET /api/ HTTP/1.1\r\nHost: x\r\nExpect: odd\r\nConnection: close\r\n\r\n");
  let text = "";
  for await (const chunk of socket) text += chunk;
  await setImmediate();
  expect(text).toContain("HTTP/1.1 200");
  expect(text).toContain("\r\n\r\nodd");
});
