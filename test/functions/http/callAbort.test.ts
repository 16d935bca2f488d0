import { createServer } from "node:http";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import { afterEach, describe, expect, it } from "vitest";
import { CallAbort, callAbort, TimeLimit, untilAborted } from "../../../functions/http/callAbort.ts";
import { CallerGoneError } from "../../../shared/downstream/callDeadline.ts";
import { GatewayTimeoutError } from "../../../shared/errors/errors.ts";

const server = createServer();
afterEach(async () => {
  server.removeAllListeners("request");
  await stop(server);
});

/** The end of a call that is answered, left alone, or left by its caller. */
async function endOf(limitMs: number | undefined, what: "answer" | "wait" | "hang up"): Promise<CallAbort> {
  const port = await listen(server, "a test", 0);
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    server.once("request", (request, response) => {
      const end = callAbort({ request, response }, limitMs === undefined ? undefined : new TimeLimit(limitMs));
      if (what === "answer") response.end("done", () => setImmediate(() => resolve(end)));
      if (what === "hang up") socket.destroy();
      if (what !== "answer") end.onAbort(() => resolve(end));
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
    expect((await endOf(60_000, "answer")).reason).toBeUndefined();
  });

  it("does not come later for a caller who was answered in the middle of the body, and hung up", async () => {
    const limitMs = 250;
    const port = await listen(server, "a test", 0);
    const end = await new Promise<CallAbort>((resolve) => {
      const socket = connect(port, "127.0.0.1", () =>
        socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"),
      );
      socket.on("data", () => socket.destroy());
      server.once("request", (request, response) => {
        const called = callAbort({ request, response }, new TimeLimit(limitMs));
        request.socket.on("close", () => resolve(called));
        response.end("enough");
      });
    });
    await delay(2 * limitMs);
    expect(end.reason).toBeUndefined();
  });
});

describe("the end as a signal", () => {
  const reason = new CallerGoneError();

  it("aborts with the reason, asked for before or after; the first reason counts", () => {
    const end = new CallAbort();
    const { signal } = end;
    expect(signal.aborted).toBe(false);
    end.abort(reason);
    end.abort(new GatewayTimeoutError(1));
    expect([signal.reason, end.reason, end.signal]).toEqual([reason, reason, signal]);
    const late = new CallAbort();
    late.abort(reason);
    expect(late.signal.reason).toBe(reason);
  });
});

describe("work until the call ends", () => {
  const reason = new CallerGoneError();

  it("gives the work's own result or failure", async () => {
    await expect(untilAborted(Promise.resolve(1), new CallAbort())).resolves.toBe(1);
    await expect(untilAborted(Promise.reject(new Error("its own")), new CallAbort())).rejects.toThrow("its own");
  });

  it("gives the reason at once, and leaves the late failure of the work to nobody", async () => {
    const end = new CallAbort();
    let failLate: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_resolve, reject) => {
      failLate = reject;
    });
    const result = untilAborted(work, end);
    end.abort(reason);
    await expect(result).rejects.toBe(reason);
    failLate(new Error("an unhandled rejection would end the worker"));
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("does not wait for work begun after the end", async () => {
    const end = new CallAbort();
    end.abort(reason);
    await expect(untilAborted(new Promise(() => undefined), end)).rejects.toBe(reason);
  });
});
