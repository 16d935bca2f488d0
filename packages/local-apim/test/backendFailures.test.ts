import { connect, createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { startBackend, status } from "./support/backend.ts";
import { startGateway } from "./support/gateway.ts";

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

  it("may answer before it has read the request, which the caller then gets to see", async () => {
    const backend = await startBackend();
    backend.answer((_, response) => response.writeHead(413).end("too much"));
    const gateway = await startGateway({ serviceUrl: backend.url });
    const answer = await gateway.ask("/", { method: "POST", body: Buffer.alloc(20_000_000) });
    expect(answer).toMatchObject({ status: 413, body: "too much" });
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

it("keeps the caller's Expect for the policies to judge", async () => {
  const gateway = await startGateway({
    policy: {
      inbound: `<return-response><set-body>@(context.Request.Headers.GetValueOrDefault("Expect", "none"))</set-body></return-response>`,
    },
  });
  const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.end("GET /api/ HTTP/1.1\r\nHost: x\r\nExpect: odd\r\nConnection: close\r\n\r\n");
  let text = "";
  for await (const chunk of socket) text += chunk;
  await setImmediate();
  expect(text).toContain("HTTP/1.1 200");
  expect(text).toContain("\r\n\r\nodd");
});
