import { once } from "node:events";
import { createServer, type Server } from "node:https";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { listen } from "../../src/net/listen.ts";
import { stop } from "../../src/net/stop.ts";
import { createCertificateAuthority } from "../../src/tls/certificateAuthority.ts";
import { createSecureServer } from "../../src/tls/secureServer.ts";
import type { Orders } from "./support/downloadThenUpload.ts";

const TIMES = 5;
const UPLOAD_BYTES = 1_048_576;
/** More than a socket takes before it asks its writer to wait. */
const DOWNLOAD_BYTES = 100_000;
const BUSY_MS = 50;

const CLIENT = new URL("./support/downloadThenUpload.ts", import.meta.url);

/** What arrived of each upload, where the server is busy right after it sent the download before it. */
async function uploadsAfterDownloads(create: typeof createSecureServer): Promise<readonly string[]> {
  const authority = await createCertificateAuthority();
  const { key, cert } = await authority.issue();
  const server: Server = create({ key, cert });
  server.on("request", (request, response) => {
    if (request.method === "GET") {
      setTimeout(() => {
        response.end(Buffer.alloc(DOWNLOAD_BYTES));
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS);
      }, 1);
      return;
    }
    let bytes = 0;
    request.on("data", (piece: Buffer) => {
      bytes += piece.length;
    });
    request.on("end", () => response.end(String(bytes)));
  });
  const origin = `https://localhost:${await listen(server, "the test", 0)}`;
  const workerData: Orders = { origin, ca: authority.certificatePem, times: TIMES, uploadBytes: UPLOAD_BYTES };
  const [arrived] = await once(new Worker(CLIENT, { workerData }), "message");
  await stop(server);
  return arrived;
}

describe("a server over TLS", () => {
  const all = Array.from({ length: TIMES }, () => String(UPLOAD_BYTES));

  it("takes an upload that follows a download at once", async () => {
    expect(await uploadsAfterDownloads(createSecureServer)).toEqual(all);
  });

  it("is needed: Node's own resets such a connection", async () => {
    expect(await uploadsAfterDownloads(createServer)).not.toEqual(all);
  });
});
