import { createHash, randomBytes } from "node:crypto";

const ZEROS = Buffer.alloc(8);
const TRAILER = Buffer.of(0xbc);

/**
 * EMSA-PSS-ENCODE (RFC 8017, 9.1.1) of a digest, with MGF1 of the same hash and a salt as long as the digest, as JWS wants it
 * (RFC 7518, 3.5). As long as the modulus, so that raw RSA can take it.
 */
export function emsaPss(digest: Buffer, hash: string, modulusBits: number): Buffer {
  const encodedBits = modulusBits - 1;
  const encodedBytes = Math.ceil(encodedBits / 8);
  const salt = randomBytes(digest.length);
  const h = createHash(hash).update(ZEROS).update(digest).update(salt).digest();
  const block = Buffer.alloc(encodedBytes - h.length - 1);
  block[block.length - salt.length - 1] = 0x01;
  salt.copy(block, block.length - salt.length);
  const mask = mgf1(h, hash, block.length);
  const masked = Buffer.from(block.map((byte, index) => byte ^ mask.readUInt8(index)));
  masked.writeUInt8(masked.readUInt8(0) & (0xff >> (8 * encodedBytes - encodedBits)), 0);
  const encoded = Buffer.concat([masked, h, TRAILER]);
  return Buffer.concat([Buffer.alloc(Math.ceil(modulusBits / 8) - encoded.length), encoded]);
}

/** RFC 8017, B.2.1. */
function mgf1(seed: Buffer, hash: string, bytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let counter = 0, length = 0; length < bytes; counter += 1) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const part = createHash(hash).update(seed).update(count).digest();
    parts.push(part);
    length += part.length;
  }
  return Buffer.concat(parts).subarray(0, bytes);
}
