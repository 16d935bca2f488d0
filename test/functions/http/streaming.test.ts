import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { HttpCall } from "../../../functions/http/httpCall.ts";
import type { Library } from "./support/library.ts";
import { newInvocationId, startLibrary } from "./support/library.ts";

const PIECE_BYTES = 65_536;
/** More than two sockets' buffers hold, and far less than what would be produced without back-pressure. */
const MAX_AHEAD_BYTES = 64 * 1_048_576;
const STILL_MS = 100;

/** A body without end, which counts what is taken from it. */
class Endless {
  taken = 0;
  readonly stream = new Readable({
    highWaterMark: PIECE_BYTES,
    read: () => {
      this.taken += PIECE_BYTES;
      this.stream.push(Buffer.alloc(PIECE_BYTES));
    },
  });
  /** Settles when nobody can take any more. */
  readonly closed = new Promise<void>((resolve) => this.stream.once("close", resolve));
}

describe("a stream", () => {
  let library: Library;
  const open: { destroy(): void }[] = [];
  beforeAll(async () => {
    library = await startLibrary();
  });
  afterEach(() => {
    for (const each of open.splice(0)) each.destroy();
  });
  afterAll(async () => {
    expect(library.failures).toEqual([]);
    await library.close();
  });

  function startCall(path = "/api/x") {
    const headers = { "x-ms-invocation-id": newInvocationId() };
    const sending = request({ port: library.port, path, headers, agent: false });
    // Hanging up is the test's own doing.
    sending.on("error", () => undefined);
    sending.end();
    open.push(sending);
    return sending;
  }

  it("sends each piece when it is there", async () => {
    const pieces = Promise.withResolvers<Readable>();
    library.handle = async () => {
      const body = new Readable({ read: () => undefined });
      body.push("first");
      pieces.resolve(body);
      return { status: 200, headers: [["content-type", "text/event-stream"]], body };
    };
    const [response] = await once(startCall(), "response");
    const [first] = await once(response, "data");
    expect(String(first)).toBe("first");
    const body = await pieces.promise;
    const next = once(response, "data");
    body.push("second");
    expect(String((await next)[0])).toBe("second");
    body.push(null);
    response.resume();
    await once(response, "end");
  });

  it("waits for a slow reader, and goes on when it reads on", async () => {
    const body = new Endless();
    library.handle = async () => ({ status: 200, headers: [], body: body.stream });
    const socket = connect(library.port, "127.0.0.1");
    open.push(socket);
    socket.write(`GET / HTTP/1.1\r\nhost: x\r\nx-ms-invocation-id: ${newInvocationId()}\r\n\r\n`);
    socket.pause();
    const ahead = await still(body);
    expect(ahead).toBeLessThan(MAX_AHEAD_BYTES);
    let read = 0;
    socket.on("data", (piece) => {
      read += piece.length;
    });
    socket.resume();
    while (read <= 2 * ahead + PIECE_BYTES) await once(socket, "data");
    expect(body.taken).toBeGreaterThan(ahead);
  });

  it("tells the handler that the caller hung up before the answer", async () => {
    const arrived = Promise.withResolvers<HttpCall>();
    library.handle = (call) => {
      arrived.resolve(call);
      return new Promise((_resolve, reject) => call.signal.addEventListener("abort", () => reject(new Error("gone"))));
    };
    const sending = startCall();
    const { signal } = await arrived.promise;
    expect(signal.aborted).toBe(false);
    sending.destroy();
    await aborted(signal);
  });

  it("tells the handler that the caller hung up in the middle, and takes no more", async () => {
    const body = new Endless();
    let signal: AbortSignal | undefined;
    library.handle = async (call) => {
      signal = call.signal;
      // It does not listen to the signal: even so it comes to an end.
      return { status: 200, headers: [], body: body.stream };
    };
    const sending = startCall();
    const [response] = await once(sending, "response");
    response.on("error", () => undefined);
    await once(response, "data");
    const logged = library.log.length;
    const late = library.late.length;
    sending.destroy();
    if (signal === undefined) throw new Error("The handler was not called.");
    await aborted(signal);
    await body.closed;
    const fields = expect.objectContaining({ event: "caller_gone", during: "the answer" });
    expect(library.late.slice(late)).toEqual([{ level: "information", fields }]);
    expect(library.log.slice(logged)).toEqual([]);
  });

  it("tells it too when the reader was slow and then left", async () => {
    const body = new Endless();
    library.handle = async () => ({ status: 200, headers: [], body: body.stream });
    const socket = connect(library.port, "127.0.0.1");
    socket.write(`GET / HTTP/1.1\r\nhost: x\r\nx-ms-invocation-id: ${newInvocationId()}\r\n\r\n`);
    socket.pause();
    await still(body);
    socket.resetAndDestroy();
    await body.closed;
  });

  it("does not tell it so when the answer went out whole", async () => {
    let signal: AbortSignal | undefined;
    library.handle = async (call) => {
      signal = call.signal;
      return { status: 200, headers: [], body: "whole" };
    };
    const [response] = await once(startCall(), "response");
    response.resume();
    await once(response, "close");
    expect(signal?.aborted).toBe(false);
  });
});

/** Waits until nothing more is taken; gives what was. */
async function still(body: Endless): Promise<number> {
  let before = -1;
  while (body.taken !== before || body.taken === 0) {
    before = body.taken;
    await delay(STILL_MS);
    if (body.taken > MAX_AHEAD_BYTES) break;
  }
  return body.taken;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}
