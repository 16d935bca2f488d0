import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { BodyReader } from "../../../functions/http/responseBody.ts";

const text = (piece: Uint8Array | undefined): string | undefined => piece && Buffer.from(piece).toString();

describe("a body reader", () => {
  it("gives each piece when it is asked for, then the end, again and again", async () => {
    const body = new Readable({ read: () => undefined });
    const reader = new BodyReader(body);
    const first = reader.next();
    body.push("one");
    expect(text(await first)).toBe("one");
    expect(await reader.ended()).toBe(false);
    body.push("two");
    body.push(null);
    expect(text(await reader.next())).toBe("two");
    expect(await reader.ended()).toBe(true);
    expect(await reader.next()).toBeUndefined();
    expect(await reader.next()).toBeUndefined();
  });

  it("takes no more from the source than is asked for and a buffer beyond", async () => {
    let given = 0;
    const body = new Readable({
      highWaterMark: 10,
      read() {
        given++;
        this.push(Buffer.alloc(10));
      },
    });
    const reader = new BodyReader(body);
    await reader.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(given).toBeLessThan(5);
    reader.close();
  });

  it.each([
    ["its own error", new Error("broken"), "broken"],
    ["a word, where it was closed without one", undefined, "the body was closed before its end"],
  ])("fails with %s", async (_what, error, message) => {
    const body = new Readable({ read: () => undefined });
    const reader = new BodyReader(body);
    const waiting = reader.next();
    body.destroy(error);
    await expect(waiting).rejects.toThrow(message);
    await expect(reader.next()).rejects.toThrow(message);
    if (error !== undefined) await expect(reader.ended()).rejects.toThrow(message);
  });
});
