import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startHttpService } from "../../src/net/httpService.ts";
import { type Exchange, type HttpsService, startHttpsService } from "../../src/net/httpsService.ts";
import { sendJson } from "../../src/net/sendJson.ts";
import { type CertificateAuthority, createCertificateAuthority } from "../../src/tls/certificateAuthority.ts";
import { createTrustingClient, type TrustingClient } from "../support/trustingClient.ts";

describe("an HTTPS service", () => {
  let authority: CertificateAuthority;
  let client: TrustingClient;
  let service: HttpsService | undefined;
  beforeAll(async () => {
    authority = await createCertificateAuthority();
    client = createTrustingClient(authority.certificatePem);
  });
  afterEach(() => service?.close());
  afterAll(() => client.close());

  async function serve(answer: (exchange: Exchange) => Promise<void>): Promise<HttpsService> {
    service = await startHttpsService({
      part: "the test",
      tls: await authority.issue(),
      port: 0,
      answer,
      failed: (error, { response }) => sendJson(response, 500, { failed: String(error) }),
    });
    return service;
  }

  it("gives path and query as they were sent", async () => {
    const { url } = await serve(async ({ path, query, response }) => sendJson(response, 200, [path, [...query]]));
    expect((await client.ask(url, "/a/../%2F?b=c?d&b=%20")).json()).toEqual([
      "/a/../%2F",
      [
        ["b", "c?d"],
        ["b", " "],
      ],
    ]);
  });

  it("has failures answered", async () => {
    const { url } = await serve(() => Promise.reject(new Error("no")));
    const { status, json } = await client.ask(url, "/");
    expect([status, json()]).toEqual([500, { failed: "Error: no" }]);
  });

  it("does not let half an answer pass for a whole one", async () => {
    const { url } = await serve(async ({ response }) => {
      response.write("half");
      throw new Error("no");
    });
    await expect(client.ask(url, "/")).rejects.toThrow(/other side closed|terminated|ECONNRESET/);
  });

  it("cuts a connection although the answer before is not over", async () => {
    const held: Exchange[] = [];
    const plain = await startHttpService({
      part: "the test",
      port: 0,
      answer: async (exchange) => {
        if (exchange.path === "/cut") exchange.cut();
        else held.push(exchange);
      },
      failed: (error) => expect.unreachable(String(error)),
    });
    const socket = connect(Number(new URL(plain.url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write("GET /held HTTP/1.1\r\nHost: x\r\n\r\nGET /cut HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(socket, "close");
    expect(held).toHaveLength(1);
    await plain.close();
  });

  it("closes although a client has not even begun its handshake, and counts connections", async () => {
    const { url, openConnections, close } = await serve(async ({ response }) => void response.end());
    expect(openConnections()).toBe(0);
    await client.ask(url, "/");
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    await once(socket, "connect");
    await client.ask(url, "/");
    expect(openConnections()).toBe(2);
    const cut = once(socket, "close");
    socket.on("error", () => undefined);
    await close();
    await cut;
    expect(openConnections()).toBe(0);
    await close();
  });
});
