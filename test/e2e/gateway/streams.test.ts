import { createHash } from "node:crypto";
import { once } from "node:events";
import { Readable } from "node:stream";
import type { LocalDownstream } from "@obo-gateway/local-azure/downstream/downstream.ts";
import { reproducibleSha256 } from "@obo-gateway/local-azure/downstream/reproducibleBytes.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrived, finished } from "../support/downstreamEvents.ts";
import { expectNothingSecretLogged } from "../support/leaks.ts";
import type { Chain } from "./support/chain.ts";
import { startChain } from "./support/chain.ts";

const UPLOAD_CHUNKS = 512;
const CHUNK_BYTES = 65_536;

let chain: Chain;
let profile: LocalDownstream;
let token: string;
beforeAll(async () => {
  chain = await startChain();
  profile = chain.functions.azure.profile;
  token = await chain.functions.signIn(chain.functions.azure.seed.users.alice);
});
afterAll(async () => {
  expectNothingSecretLogged(chain.functions);
  await chain[Symbol.asyncDispose]();
});

describe("a body through API Management", () => {
  it("comes event by event: the first is there while the last is still to be sent", async () => {
    let over = false;
    const end = finished(profile, "/events").then(() => {
      over = true;
    });
    const path = "/obo/downstream/profile/events?count=3&everyMs=300";
    const { headers, body } = await chain.client.send(path, { token });
    expect(headers["content-type"]).toBe("text/event-stream");
    const seen: [text: string, over: boolean][] = [];
    for await (const chunk of body) seen.push([String(chunk), over]);
    await end;
    expect(seen.map(([text]) => text).join("")).toBe(
      [0, 1, 2].map((index) => `id: ${index}\ndata: {"index":${index}}\n\n`).join(""),
    );
    expect(seen.slice(0, 2).map(([, isOver]) => isOver)).toEqual([false, false]);
  });

  it("goes up in chunks, however long, byte for byte", async () => {
    const hash = createHash("sha256");
    const end = uploaded();
    const body = Readable.from(chunks((chunk) => hash.update(chunk)));
    const answer = await chain.client.call("/obo/downstream/profile/upload", { method: "POST", token, body });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ bytes: UPLOAD_CHUNKS * CHUNK_BYTES, sha256: hash.digest("hex") });
    expect(await end).toBe(UPLOAD_CHUNKS * CHUNK_BYTES);
  });

  it("comes down whole, with its length or in chunks", async () => {
    for (const chunked of [0, 1]) {
      const path = `/obo/downstream/profile/download?bytes=3000000&chunked=${chunked}`;
      const { body, headers } = await chain.client.call(path, { token });
      expect(headers["content-length"]).toBe(chunked === 0 ? "3000000" : undefined);
      expect(createHash("sha256").update(body).digest("hex")).toBe(reproducibleSha256(3_000_000));
    }
  });
});

describe("a caller of API Management that hangs up", () => {
  it("ends the downstream call, in mid-answer", async () => {
    const end = finished(profile, "/trickle");
    const hangUp = new AbortController();
    const path = "/obo/downstream/profile/trickle?everyMs=20";
    const { body } = await chain.client.send(path, { token, signal: hangUp.signal });
    await once(body, "data");
    body.on("error", () => undefined);
    hangUp.abort();
    expect(await end).toMatchObject({ clientHungUp: true });
  });

  it("ends the downstream call, before any answer", async () => {
    const end = finished(profile, "/hang");
    const there = arrived(profile, "/hang");
    const hangUp = new AbortController();
    const call = chain.client.call("/obo/downstream/profile/hang", { token, signal: hangUp.signal });
    await there;
    hangUp.abort();
    await expect(call).rejects.toThrow(/abort/);
    expect(await end).toMatchObject({ clientHungUp: true });
  });
});

function* chunks(sent: (chunk: Buffer) => void): Generator<Buffer> {
  for (let index = 0; index < UPLOAD_CHUNKS; index++) {
    const chunk = Buffer.alloc(CHUNK_BYTES, index);
    sent(chunk);
    yield chunk;
  }
}

/** The bytes that the downstream API has read of the next upload. */
function uploaded(): Promise<number> {
  return new Promise((resolve) => {
    const stop = profile.onRequest(({ url, bytesReceived }) => {
      if (!url.startsWith("/upload")) return;
      stop();
      resolve(bytesReceived);
    });
  });
}
