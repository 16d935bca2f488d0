import { gunzipSync, gzipSync } from "node:zlib";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type ServerIdentity,
} from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DownstreamClient } from "../../../shared/downstream/downstreamClient.ts";
import { DownstreamTimeoutError, DownstreamUnreachableError } from "../../../shared/errors/errors.ts";
import { Secret } from "../../../shared/secret.ts";
import { trustCa } from "../credentials/support/trust.ts";
import { bytesOf, clientOf, codesOf, failureOf, get, type Limits } from "./support/calls.ts";
import { startRawServer, startSilentServer } from "./support/rawServer.ts";

const SHORT_MS = 300;
const token = new Secret("token B");

describe("DownstreamClient, against servers that hardly speak HTTP", () => {
  let authority: CertificateAuthority;
  let tls: ServerIdentity;
  const opened: { close(): Promise<unknown> }[] = [];
  beforeAll(async () => {
    authority = await createCertificateAuthority();
    trustCa(authority.certificatePem);
    tls = await authority.issue();
  });
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
  });

  function client(origin: string, limits?: Limits): DownstreamClient {
    const made = clientOf(origin, limits);
    opened.push(made);
    return made;
  }

  async function serverSaying(answer: string, identity = tls): Promise<string> {
    const server = await startRawServer(identity, answer);
    opened.push(server);
    return server.url;
  }

  it("gives up on one that takes the connection and never says a word", async () => {
    const server = await startSilentServer();
    opened.push(server);
    const error = await failureOf(client(server.url, { connectTimeoutMs: SHORT_MS }).call(get("/"), token));
    expect(error).toBeInstanceOf(DownstreamTimeoutError);
    expect(error).toMatchObject({
      code: "downstream_timeout",
      message: "The downstream API profile did not answer in time.",
      diagnosis: `${SHORT_MS} ms passed (DownstreamApis__profile__ConnectTimeoutSeconds).`,
    });
  });

  it("sends nothing to one whose certificate nobody vouches for", async () => {
    const stranger = await createCertificateAuthority();
    const url = await serverSaying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", await stranger.issue());
    const error = await failureOf(client(url).call(get("/"), token));
    expect(error).toBeInstanceOf(DownstreamUnreachableError);
    expect(codesOf(error.cause)).toMatch(/CERT|SELF_SIGNED/);
  });

  it("sends nothing to one whose certificate is another's", async () => {
    const url = await serverSaying("", await authority.issue(["elsewhere.example"]));
    const error = await failureOf(client(url).call(get("/"), token));
    expect(error).toBeInstanceOf(DownstreamUnreachableError);
    expect(codesOf(error.cause)).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
  });

  it.each([
    ["what is not HTTP", "\u0000This is not HTTP.\r\n\r\n"],
    ["a status that HTTP does not have", "HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n"],
    ["headers without end", `HTTP/1.1 200 OK\r\nx: ${"a".repeat(100_000)}`],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc"],
  ])("takes no answer that is %s", async (_what, answer) => {
    const error = await failureOf(client(await serverSaying(answer)).call(get("/"), token));
    expect(error).toBeInstanceOf(DownstreamUnreachableError);
    expect(error.message).toBe("The downstream API profile cannot be reached.");
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("is not misled by what comes before the answer", async () => {
    const url = await serverSaying(
      "HTTP/1.1 103 Early Hints\r\nlink: <early>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
    );
    const { status, headers, body } = await client(url).call(get("/"), token);
    expect([status, headers, (await bytesOf(body)).toString()]).toEqual([200, [["content-length", "2"]], "ok"]);
  });

  it("keeps repeated headers apart, and their bytes as they are", async () => {
    const url = await serverSaying(
      "HTTP/1.1 200 OK\r\nLink: <1>\r\nLink: <2>\r\nX-Name: caf\u00c3\u00a9\r\ncontent-length: 0\r\n\r\n",
    );
    const { headers } = await client(url).call(get("/"), token);
    expect(headers).toEqual([
      ["link", "<1>"],
      ["link", "<2>"],
      ["x-name", "caf\u00c3\u00a9"],
      ["content-length", "0"],
    ]);
  });

  it("hands a compressed answer on as it is, with its length", async () => {
    const zipped = gzipSync("compressed").toString("latin1");
    const url = await serverSaying(
      `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\nContent-Length: ${zipped.length}\r\n\r\n${zipped}`,
    );
    const { headers, body } = await client(url).call(get("/"), token);
    expect(headers).toEqual([
      ["content-encoding", "gzip"],
      ["vary", "Accept-Encoding"],
      ["content-length", String(zipped.length)],
    ]);
    expect(gunzipSync(await bytesOf(body)).toString()).toBe("compressed");
  });

  it("reads trailers to their end, and hands none on", async () => {
    const url = await serverSaying(
      "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n",
    );
    const { headers, body } = await client(url).call(get("/"), token);
    expect([headers, (await bytesOf(body)).toString()]).toEqual([[], "ok"]);
  });

  it("gives 304 the length that the whole would have, and no body", async () => {
    const url = await serverSaying('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 500\r\n\r\n');
    const { status, headers, body } = await client(url).call(get("/"), token);
    expect([status, headers, (await bytesOf(body)).length]).toEqual([
      304,
      [
        ["etag", '"x"'],
        ["content-length", "500"],
      ],
      0,
    ]);
  });

  it("takes a switch of protocols that nobody asked for as no answer", async () => {
    const url = await serverSaying("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
    expect(await failureOf(client(url).call(get("/"), token))).toBeInstanceOf(DownstreamUnreachableError);
  });
});
