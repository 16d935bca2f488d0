import { createServer } from "node:http";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { callEnd, untilCallEnds } from "../../../functions/http/callEnd.ts";
import { listen } from "../../../local/net/listen.ts";
import { stop } from "../../../local/net/stop.ts";
import { CallerGoneError } from "../../../shared/downstream/callerGoneError.ts";
import { GatewayTimeoutError } from "../../../shared/errors/gatewayTimeoutError.ts";

const server = createServer();
afterEach(async () => {
  server.removeAllListeners("request");
  await stop(server);
});

/** The signal of a call that is answered, left alone, or left by its caller. */
async function endOf(limitMs: number | undefined, what: "answer" | "wait" | "hang up"): Promise<AbortSignal> {
  const port = await listen(server, "a test", 0);
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    server.once("request", (request, response) => {
      const end = callEnd({ request, response }, limitMs);
      if (what === "answer") response.end("done", () => setImmediate(() => resolve(end)));
      if (what === "hang up") socket.destroy();
      if (what !== "answer") end.addEventListener("abort", () => resolve(end));
    });
  });
}

describe("the end of a call", () => {
  it("comes with the caller's hang-up", async () => {
    expect((await endOf(undefined, "hang up")).reason).toBeInstanceOf(CallerGoneError);
  });

  it("comes when the function may run no longer", async () => {
    expect((await endOf(20, "wait")).reason).toBeInstanceOf(GatewayTimeoutError);
  });

  it("does not come for a call that is answered", async () => {
    expect((await endOf(60_000, "answer")).aborted).toBe(false);
  });

  it("does not come later for a caller who was answered in the middle of the body, and hung up", async () => {
    const limitMs = 250;
    const port = await listen(server, "a test", 0);
    const end = await new Promise<AbortSignal>((resolve) => {
      const socket = connect(port, "127.0.0.1", () =>
        socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"),
      );
      socket.on("data", () => socket.destroy());
      server.once("request", (request, response) => {
        const signal = callEnd({ request, response }, limitMs);
        request.socket.on("close", () => resolve(signal));
        response.end("enough");
      });
    });
    await delay(2 * limitMs);
    expect(end.aborted).toBe(false);
  });
});

describe("work until the call ends", () => {
  const reason = new CallerGoneError();

  it("gives the work's own result or failure", async () => {
    const { signal } = new AbortController();
    await expect(untilCallEnds(Promise.resolve(1), signal)).resolves.toBe(1);
    await expect(untilCallEnds(Promise.reject(new Error("its own")), signal)).rejects.toThrow("its own");
  });

  it("gives the reason at once, and leaves the late failure of the work to nobody", async () => {
    const end = new AbortController();
    let failLate: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_resolve, reject) => {
      failLate = reject;
    });
    const result = untilCallEnds(work, end.signal);
    end.abort(reason);
    await expect(result).rejects.toBe(reason);
    failLate(new Error("an unhandled rejection would end the worker"));
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("does not wait for work begun after the end", async () => {
    await expect(untilCallEnds(new Promise(() => undefined), AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
