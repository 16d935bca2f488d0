import { createHash } from "node:crypto";
import { reproducibleBytes } from "@obo-gateway/local-azure/downstream/reproducibleBytes.ts";
import { pick } from "./callKind.ts";

const KIB = 1_024;
const MIB = 1_048_576;
/** Around the sizes of buffers, high-water marks and frames; most are small, as in life. */
const SIZES = [
  ...[0, 0, 1, 2, 15, 100, 100, 1_000, 1_000, 4_095, 4_096, 4_097, 10_000, 16 * KIB - 1, 16 * KIB, 16 * KIB + 1],
  ...[64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 100_000, 256 * KIB, 500_000, MIB, MIB + 1, 2 * MIB],
];
const SEQUENCE = reproducibleBytes(0, 2 * MIB);
const hashes = new Map(SIZES.map((size) => [size, createHash("sha256").update(bytesOf(size)).digest("hex")]));

/** @param at from 0 up to, not including, 1 */
export function someSize(at: number): number {
  return pick(SIZES, at);
}

/** The first bytes of the sequence that the downstream API sends too. */
export function bytesOf(size: number): Buffer {
  return SEQUENCE.subarray(0, size);
}

export function sha256Of(size: number): string {
  return hashes.get(size) ?? "";
}
