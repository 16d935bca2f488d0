import { once } from "node:events";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { text } from "node:stream/consumers";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import { createCertificateAuthority } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpClient, HttpTimeoutError, HttpUnreachableError } from "../../../shared/net/httpClient.ts";

const AMPLE_MS = 20_000;
const SHORT_MS = 200;
const MAX_BODY_BYTES = 1_048_576;

describe("the HTTP client", () => {
  const servers: Server[] = [];
  const started = async (server: Server): Promise<string> => {
    servers.push(server);
    return `127.0.0.1:${await listen(server, "the test's server", 0)}`;
  };
  const serve = (listener: RequestListener): Promise<string> => started(createServer(listener));
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => stop(server)));
  });
  const get = (host: string, limitMs = AMPLE_MS, scheme = "http") =>
    createHttpClient(limitMs)({ method: "GET", url: `${scheme}://${host}/path?code=hidden` });

  it("sends method, headers and body, and gives status, headers and the whole body", async () => {
    let seen: { readonly request: IncomingMessage; readonly body: string } | undefined;
    const host = await serve(async (request, response) => {
      seen = { request, body: await text(request) };
      response.writeHead(418, { "x-answer": "42" }).write("caf");
      setImmediate(() => response.end("\u00e9"));
    });
    const answer = await createHttpClient(AMPLE_MS)({
      method: "POST",
      url: `http://${host}/token`,
      headers: { "content-type": "text/plain" },
      body: "a=b",
    });
    expect(answer).toMatchObject({ status: 418, headers: { "x-answer": "42" }, body: "caf\u00e9" });
    expect(seen?.body).toBe("a=b");
    expect(seen?.request).toMatchObject({
      method: "POST",
      url: "/token",
      headers: { accept: "application/json", "content-type": "text/plain" },
    });
  });

  it("keeps its connections for the next requests", async () => {
    const ports = new Set<number | undefined>();
    const host = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end("{}");
    });
    const http = createHttpClient(AMPLE_MS);
    for (let index = 0; index < 20; index++) await http({ method: "GET", url: `http://${host}/` });
    // A request that follows at once can come before the connection of the last one is free again.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it.each<[string, RequestListener]>([
    ["before the headers", () => undefined],
    ["amid the body", (_request, response) => response.writeHead(200).write("{")],
    [
      "amid a body that trickles",
      (_request, response) => {
        const trickle = setInterval(() => response.write(" "), 10);
        response.once("close", () => clearInterval(trickle));
      },
    ],
  ])("gives up a server that hangs %s", async (_where, listener) => {
    const host = await serve(listener);
    const error = await get(host, SHORT_MS).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HttpTimeoutError);
    expect(error).toMatchObject({
      name: "HttpTimeoutError",
      limitMs: SHORT_MS,
      message: `${host} did not answer within ${SHORT_MS} ms`,
    });
  });

  it("takes an answer as large as the limit, and closes the connection on a byte more", async () => {
    const exact = await serve((_request, response) => response.end(Buffer.alloc(MAX_BODY_BYTES, "a")));
    await expect(get(exact)).resolves.toMatchObject({ body: "a".repeat(MAX_BODY_BYTES) });
    let closed: Promise<unknown> | undefined;
    const endless = await serve((_request, response) => {
      closed = once(response, "close");
      response.write(Buffer.alloc(MAX_BODY_BYTES + 1, "a"));
    });
    const error = await get(endless).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HttpUnreachableError);
    expect(error).toMatchObject({ message: expect.stringContaining(`longer than ${MAX_BODY_BYTES} bytes`) });
    await closed;
  });

  it.each(["127.0.0.1", "localhost"])("says why a connection to %s is refused", async (name) => {
    const server = createServer();
    const port = await listen(server, "the test's server", 0);
    await stop(server);
    const error = await get(`${name}:${port}`).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HttpUnreachableError);
    expect(error).toMatchObject({
      name: "HttpUnreachableError",
      message: expect.stringMatching(new RegExp(`^${name}:${port} cannot be reached: connect ECONNREFUSED .*:${port}`)),
      cause: expect.any(Error),
    });
  });

  it.each<[string, RequestListener]>([
    ["before the headers", (_request, response) => response.destroy()],
    [
      "amid the body",
      (_request, response) => {
        response.writeHead(200, { "content-length": "100" }).write("{", () => response.destroy());
      },
    ],
  ])("does not take a connection that breaks %s for an answer", async (_where, listener) => {
    await expect(get(await serve(listener))).rejects.toThrow(HttpUnreachableError);
  });

  it("does not take another protocol for an answer", async () => {
    const server = createTcpServer((socket) => socket.resume().end("220 mail.example ESMTP\r\n"));
    const port = await listen(server, "the test's server", 0);
    await expect(get(`127.0.0.1:${port}`)).rejects.toThrow(HttpUnreachableError);
    server.close();
    await once(server, "close");
  });

  it("does not talk to a server whose certificate nobody vouches for", async () => {
    const authority = await createCertificateAuthority();
    let requests = 0;
    const host = await started(
      createTlsServer(await authority.issue(), (_request, response) => {
        requests += 1;
        response.end("{}");
      }),
    );
    await expect(get(host, AMPLE_MS, "https")).rejects.toThrow(HttpUnreachableError);
    expect(requests).toBe(0);
  });

  it.each([301, 302, 303, 307, 308])("gives a redirect (%d) as it is, and follows none", async (status) => {
    const paths: (string | undefined)[] = [];
    const host = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(status, { location: "/elsewhere" }).end();
    });
    await expect(get(host)).resolves.toMatchObject({ status, headers: { location: "/elsewhere" } });
    expect(paths).toEqual(["/path?code=hidden"]);
  });

  it("names the host in its errors, and nothing of path and query", async () => {
    const host = await serve((_request, response) => response.destroy());
    await expect(get(host)).rejects.toThrow(expect.not.stringMatching(/path|hidden/));
    const hanging = await serve(() => undefined);
    await expect(get(hanging, SHORT_MS)).rejects.toThrow(expect.not.stringMatching(/path|hidden/));
  });
});
