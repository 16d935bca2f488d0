import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { reproducibleChunks, reproducibleSha256 } from "@obo-gateway/local-azure/downstream/reproducibleBytes.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawConnection } from "../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { watchMemory } from "./support/workerMemory.ts";

const MIB = 1_048_576;
const LARGE_BYTES = 200 * MIB;
/** The host reads a body with a length whole, and takes no more than 100 MiB of it. */
const LARGEST_WITH_LENGTH_BYTES = 100 * MIB;
const WARM_UP_BYTES = 64 * MIB;
const MOST_GROWTH_BYTES = 64 * MIB;
const READER_SLEEPS_MS = 1_500;

let gateway: GatewayUnderTest;
let token: string;
beforeAll(async () => {
  gateway = await startGateway();
  token = await gateway.signIn(gateway.azure.seed.users.alice);
  // Buffers and code that the first large body brings stay: what counts is what comes on top.
  await download(WARM_UP_BYTES);
  await upload(WARM_UP_BYTES);
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function download(bytes: number): Promise<string> {
  const { body } = await gateway.client.send(`/downstream/profile/download?bytes=${bytes}`, { token });
  const hash = createHash("sha256");
  for await (const chunk of body) hash.update(chunk);
  return hash.digest("hex");
}

async function upload(bytes: number, headers: Record<string, string> = {}): Promise<object> {
  const body = Readable.from(reproducibleChunks(0, bytes), { objectMode: false });
  const answer = await gateway.client.call("/downstream/profile/upload", { method: "POST", token, headers, body });
  return answer.json();
}

describe("a body of any size passes through the worker, and does not stay in it", () => {
  it("as an answer", async () => {
    const { result, grownBytes } = await watchMemory(gateway.host, () => download(LARGE_BYTES));
    expect(result).toBe(reproducibleSha256(LARGE_BYTES));
    expect(grownBytes).toBeLessThan(MOST_GROWTH_BYTES);
  });

  it("as a chunked request", async () => {
    const { result, grownBytes } = await watchMemory(gateway.host, () => upload(LARGE_BYTES));
    expect(result).toEqual({ bytes: LARGE_BYTES, sha256: reproducibleSha256(LARGE_BYTES) });
    expect(grownBytes).toBeLessThan(MOST_GROWTH_BYTES);
  });

  it("as a request with a length, up to what the host takes", async () => {
    const bytes = LARGEST_WITH_LENGTH_BYTES;
    const { result, grownBytes } = await watchMemory(gateway.host, () =>
      upload(bytes, { "content-length": String(bytes) }),
    );
    expect(result).toEqual({ bytes, sha256: reproducibleSha256(bytes) });
    expect(grownBytes).toBeLessThan(MOST_GROWTH_BYTES);
  });

  it("while its reader sleeps", async () => {
    using connection = new RawConnection(gateway.host.url);
    const { grownBytes } = await watchMemory(gateway.host, async () => {
      connection.send(
        `GET /api/downstream/profile/download?bytes=${LARGE_BYTES} HTTP/1.1\r\nHost: gateway\r\n` +
          `Authorization: Bearer ${token}\r\n\r\n`,
      );
      await connection.until("\r\n\r\n");
      connection.pause();
      await delay(READER_SLEEPS_MS);
    });
    expect(grownBytes).toBeLessThan(MOST_GROWTH_BYTES);
    // Held back all the way: the downstream API has not sent the most of it.
    expect(gateway.azure.profile.requests.at(-1)).toMatchObject({ durationMs: undefined });
  });

  it("while its receiver does not read", async () => {
    const body = Readable.from(reproducibleChunks(0, LARGE_BYTES), { objectMode: false });
    const { result, grownBytes } = await watchMemory(gateway.host, async () => {
      const path = `/downstream/profile/upload?waitMs=${READER_SLEEPS_MS}`;
      const answer = await gateway.client.call(path, { method: "POST", token, body });
      return answer.json();
    });
    expect(result).toMatchObject({ bytes: LARGE_BYTES });
    expect(grownBytes).toBeLessThan(MOST_GROWTH_BYTES);
  });
});
