import { spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { FileHandle } from "node:fs/promises";
import { open, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const HOLDER = fileURLToPath(new URL("support/sealHolder.ts", import.meta.url));
const COUNT = 8;
const TIMEOUT_MS = 60_000;
const LABEL = "obo-gateway token-seal 2\0";
/** Header of a value whose encryption key is called k1: version, length, id. */
const HEADER = Buffer.from([2, 2, 0x6b, 0x31]);
const SALT_END = HEADER.length + 32;

/** Linux shows a process's memory to its parent. */
describe.skipIf(process.platform !== "linux")("derived keys", () => {
  it("are nowhere in the memory of the process that used them", { timeout: TIMEOUT_MS }, async () => {
    const key = randomBytes(32);
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", HOLDER], {
      env: { SEAL_KEY: key.toString("base64"), SEAL_COUNT: String(COUNT) },
      stdio: ["pipe", "pipe", "inherit"],
    });
    try {
      const values = await sealedValues(child.stdout);
      expect(values).toHaveLength(COUNT);
      const keys = values.flatMap((value) => keysOf(key, value));
      const memory = await memoryOf(child.pid ?? 0);
      const found = keys.filter((each) => memory.some((piece) => piece.includes(each)));
      expect(found).toEqual([]);
      // The encryption key itself must be there: this look finds what is there.
      expect(memory.some((piece) => piece.includes(key))).toBe(true);
    } finally {
      child.stdin.end();
      await once(child, "close");
    }
  });
});

/** What the child prints until the empty line. */
async function sealedValues(output: AsyncIterable<Buffer>): Promise<Buffer[]> {
  let printed = "";
  for await (const piece of output) {
    printed += piece.toString("latin1");
    if (printed.endsWith("\n\n")) break;
  }
  return printed
    .trim()
    .split("\n")
    .map((line) => Buffer.from(line, "base64"));
}

/** The value's own key and the pseudorandom key before it (RFC 5869), by raw HMACs. */
function keysOf(key: Buffer, value: Buffer): Buffer[] {
  const extracted = createHmac("sha256", value.subarray(HEADER.length, SALT_END)).update(key).digest();
  const info = Buffer.concat([Buffer.from(LABEL), HEADER, Buffer.from("key"), Buffer.from([1])]);
  return [extracted, createHmac("sha256", extracted).update(info).digest()];
}

/** Every piece of memory that the process can write to. */
async function memoryOf(pid: number): Promise<Buffer[]> {
  const ranges = (await readFile(`/proc/${pid}/maps`, "latin1"))
    .split("\n")
    .map((line) => /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line))
    .filter((match) => match !== null)
    .map(([, from = "", to = ""]) => ({ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) }));
  const memory = await open(`/proc/${pid}/mem`);
  try {
    const pieces: Buffer[] = [];
    for (const { from, to } of ranges) pieces.push(await readRange(memory, from, to));
    return pieces;
  } finally {
    await memory.close();
  }
}

async function readRange(memory: FileHandle, from: number, to: number): Promise<Buffer> {
  const piece = Buffer.alloc(to - from);
  let done = 0;
  while (done < piece.length) {
    const { bytesRead } = await memory.read(piece, done, piece.length - done, from + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return piece.subarray(0, done);
}
