import { createCipheriv, createHash } from "node:crypto";

const CHUNK_BYTES = 65_536;
const BLOCK_BYTES = 16;
// Not a secret: the same bytes everywhere are the point.
const KEY = Buffer.alloc(16, "obo-gateway bytes");

/** Bytes `start` to `start + length` of one endless pseudo-random sequence: AES-CTR, which can begin at any block. */
export function reproducibleBytes(start: number, length: number): Buffer {
  const counter = Buffer.alloc(BLOCK_BYTES);
  counter.writeBigUInt64BE(BigInt(Math.floor(start / BLOCK_BYTES)), BLOCK_BYTES - 8);
  const skip = start % BLOCK_BYTES;
  return createCipheriv("aes-128-ctr", KEY, counter)
    .update(Buffer.alloc(skip + length))
    .subarray(skip);
}

/** The same in chunks of at most 64 KiB. */
export function* reproducibleChunks(start: number, length: number): Generator<Buffer> {
  for (let done = 0; done < length; done += CHUNK_BYTES) {
    yield reproducibleBytes(start + done, Math.min(CHUNK_BYTES, length - done));
  }
}

/** Hex SHA-256 of the first `length` bytes: what `GET /download?bytes=length` must give. */
export function reproducibleSha256(length: number): string {
  const hash = createHash("sha256");
  for (const chunk of reproducibleChunks(0, length)) hash.update(chunk);
  return hash.digest("hex");
}
