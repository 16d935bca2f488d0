import { PassThrough, Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { MAX_KEPT_BYTES, ReplayBuffer } from "../../../shared/downstream/requestBody.ts";

const open = new AbortController().signal;

function watched(body: Readable): ReplayBuffer {
  const kept = new ReplayBuffer();
  kept.watch(body);
  return kept;
}

describe("ReplayBuffer", () => {
  it.each([
    ["in one piece", [MAX_KEPT_BYTES]],
    ["in a thousand pieces", Array(1_000).fill(7)],
    ["byte by byte", Array(MAX_KEPT_BYTES).fill(1)],
  ])("gives a body of at most 64 KiB again, %s", async (_, sizes) => {
    const pieces = sizes.map((size: number, index: number) => Buffer.alloc(size, index));
    const kept = watched(Readable.from(pieces, { objectMode: false }));
    expect(Buffer.from((await kept.whole(open)) ?? "").equals(Buffer.concat(pieces))).toBe(true);
  });

  it("does not give a longer one, and says so before its end", async () => {
    const body = new PassThrough();
    const kept = watched(body);
    const whole = kept.whole(open);
    body.write(Buffer.alloc(MAX_KEPT_BYTES));
    body.write("x");
    expect(await whole).toBeUndefined();
    expect(body.readableEnded).toBe(false);
  });

  it("does not give a part: of a body that breaks off, of one that is not over when the call is", async () => {
    const broken = new PassThrough();
    broken.on("error", () => undefined);
    const kept = watched(broken);
    broken.write("half");
    const whole = kept.whole(open);
    broken.destroy(new Error("cut"));
    expect(await whole).toBeUndefined();

    const slow = new PassThrough();
    const keptSlow = watched(slow);
    slow.write("half");
    const call = new AbortController();
    const waiting = keptSlow.whole(call.signal);
    call.abort();
    expect(await waiting).toBeUndefined();
    expect(await keptSlow.whole(call.signal)).toBeUndefined();
  });

  it("gives nothing that it did not see, and nothing that it let go", async () => {
    expect(await new ReplayBuffer().whole(open)).toBeUndefined();
    const body = new PassThrough();
    const kept = watched(body);
    body.write("a");
    kept.release();
    body.end("b");
    expect(await kept.whole(open)).toBeUndefined();
    const over = watched(Readable.from([Buffer.from("a")]));
    expect(await over.whole(open)).toHaveLength(1);
    over.release();
    expect(await over.whole(open)).toBeUndefined();
  });

  it("gives an empty body too", async () => {
    expect(await watched(Readable.from([])).whole(open)).toHaveLength(0);
  });
});
