import { getEventListeners, once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { DownstreamUnderTest } from "../../../packages/local-azure/test/downstream/downstreamUnderTest.ts";
import { startDownstreamUnderTest } from "../../../packages/local-azure/test/downstream/downstreamUnderTest.ts";
import { CallerGoneError } from "../../../shared/downstream/callDeadline.ts";
import type { DownstreamClient } from "../../../shared/downstream/downstreamClient.ts";
import { DownstreamUnreachableError } from "../../../shared/errors/errors.ts";
import { Secret } from "../../../shared/secret.ts";
import { trustCa } from "../credentials/support/trust.ts";
import { bytesOf, clientOf, codesOf, failureOf, get, type Limits } from "./support/calls.ts";
import { startRelay } from "./support/relay.ts";

const SHORT_MS = 300;
const UPLOAD_CHUNK_BYTES = 65_536;
const UPLOAD_CHUNKS = 400;

describe("DownstreamClient, when things go wrong", () => {
  let downstream: DownstreamUnderTest;
  let token: Secret;
  const opened: { close(): Promise<unknown> }[] = [];
  beforeAll(async () => {
    downstream = await startDownstreamUnderTest();
    trustCa(downstream.ca);
    token = new Secret(await downstream.token());
  });
  afterEach(async () => {
    downstream.api.faults.clear();
    for (const each of opened.splice(0).reverse()) await each.close();
  });
  afterAll(() => downstream.close());

  function client(limits?: Limits, origin = downstream.api.url): DownstreamClient {
    const made = clientOf(origin, limits);
    opened.push(made);
    return made;
  }

  describe("a time limit", () => {
    const passed = (setting: string, limitMs = SHORT_MS): string =>
      `${limitMs} ms passed (DownstreamApis__profile__${setting}).`;

    it("for the answer's headers", async () => {
      const error = await failureOf(client({ responseTimeoutMs: SHORT_MS }).call(get("/hang"), token));
      expect(error).toMatchObject({ code: "downstream_timeout", diagnosis: passed("ResponseTimeoutSeconds") });
    });

    it("for the whole, before the headers", async () => {
      const error = await failureOf(client({ totalTimeoutMs: SHORT_MS }).call(get("/hang"), token));
      expect(error).toMatchObject({ code: "downstream_timeout", diagnosis: passed("TotalTimeoutSeconds") });
    });

    it("for the silence between two pieces of the body", async () => {
      const { body, bodyFailure } = await client({ idleTimeoutMs: SHORT_MS }).call(
        get("/events?count=2&everyMs=600000"),
        token,
      );
      const failure = bodyFailure(await failureOf(bytesOf(body)));
      expect(failure).toMatchObject({ code: "downstream_timeout", diagnosis: passed("IdleTimeoutSeconds") });
    });

    it("for the silence before the first piece", async () => {
      const { body, bodyFailure } = await client({ idleTimeoutMs: SHORT_MS }).call(
        get("/trickle?everyMs=600000"),
        token,
      );
      const failure = bodyFailure(await failureOf(bytesOf(body)));
      expect(failure).toMatchObject({ diagnosis: passed("IdleTimeoutSeconds") });
    });

    it("for the whole, in the middle of a body that never rests", async () => {
      const { body, bodyFailure } = await client({ totalTimeoutMs: 2 * SHORT_MS }).call(
        get("/trickle?everyMs=20"),
        token,
      );
      const failure = bodyFailure(await failureOf(bytesOf(body)));
      expect(failure).toMatchObject({ diagnosis: passed("TotalTimeoutSeconds", 2 * SHORT_MS) });
    });
  });

  describe("no answer", () => {
    it.each([
      ["a refused connection", "https://localhost:1", "ECONNREFUSED"],
      ["a name that does not exist", "https://nothing.invalid", "ENOTFOUND"],
    ])("because of %s", async (_what, origin, reason) => {
      const error = await failureOf(client({}, origin).call(get("/"), token));
      expect(error).toBeInstanceOf(DownstreamUnreachableError);
      expect(error.message).toBe("The downstream API profile cannot be reached.");
      expect(codesOf(error.cause)).toContain(reason);
    });

    it("but a connection that was cut", async () => {
      downstream.api.faults.cut({ requests: 1 });
      expect(await failureOf(client().call(get("/me"), token))).toBeInstanceOf(DownstreamUnreachableError);
    });

    it("and never token B in what is said about it", async () => {
      downstream.api.faults.cut({ requests: 1 });
      const error = await failureOf(client().call(get("/me"), token));
      const said = `${error.message} ${error.stack} ${JSON.stringify(error)} ${codesOf(error.cause)}`;
      expect(said).not.toContain(token.reveal());
    });
  });

  it.each(["/cut?after=1000", "/cut?after=1000&chunked=1"])(
    "does not take half an answer for a whole one: %s",
    async (path) => {
      const { status, body, bodyFailure } = await client().call(get(path), token);
      expect(status).toBe(200);
      const failure = bodyFailure(await failureOf(bytesOf(body)));
      expect(failure).toBeInstanceOf(DownstreamUnreachableError);
    },
  );

  it("goes on with others after a failure", async () => {
    const own = client({ responseTimeoutMs: SHORT_MS });
    await failureOf(own.call(get("/hang"), token));
    const { status, body } = await own.call(get("/me"), token);
    await bytesOf(body);
    expect(status).toBe(200);
  });

  describe("a caller who hangs up", () => {
    it("before the call, makes none", async () => {
      const before = downstream.api.requests.length;
      const error = await failureOf(client().call(get("/me", { signal: AbortSignal.abort() }), token));
      expect(error).toBeInstanceOf(CallerGoneError);
      expect(downstream.api.requests).toHaveLength(before);
    });

    it("ends the call that waits, and frees its connection", async () => {
      const before = downstream.api.openConnections();
      const arrived = new Promise((resolve) => downstream.api.onArrival(resolve));
      const finished = downstream.finished("/hang");
      const gone = new AbortController();
      const failure = failureOf(client().call(get("/hang", { signal: gone.signal }), token));
      await arrived;
      gone.abort();
      expect(await failure).toBeInstanceOf(CallerGoneError);
      expect((await finished).clientHungUp).toBe(true);
      await vi.waitFor(() => expect(downstream.api.openConnections()).toBe(before));
      expect(getEventListeners(gone.signal, "abort")).toHaveLength(0);
    });

    it("ends an answer in its middle", async () => {
      const finished = downstream.finished("/trickle?everyMs=10");
      const gone = new AbortController();
      const { body, bodyFailure } = await client().call(get("/trickle?everyMs=10", { signal: gone.signal }), token);
      body.once("data", () => gone.abort());
      const failure = bodyFailure(await failureOf(new Promise((_resolve, reject) => body.once("error", reject))));
      expect(failure).toBeInstanceOf(CallerGoneError);
      expect((await finished).clientHungUp).toBe(true);
    });

    it("in the middle of an upload, is not blamed on the downstream API", async () => {
      const relay = await startRelay(client(), token);
      opened.push(relay);
      const arrived = new Promise((resolve) => downstream.api.onArrival(resolve));
      const failed = new Promise((resolve) => {
        relay.onFailure = resolve;
      });
      const caller = request({ port: relay.port, method: "POST", path: "/upload" });
      caller.on("error", () => undefined);
      caller.write("the first piece");
      await arrived;
      caller.destroy();
      expect(await failed).toBeInstanceOf(CallerGoneError);
    });
  });

  it.each([
    ["with a length", false],
    ["in chunks", true],
  ])("lets an early answer through, and the caller's upload come to its end, %s", async (_what, chunked) => {
    const relay = await startRelay(client(), token);
    opened.push(relay);
    const over = new Promise((resolve) => {
      relay.onRequestOver = resolve;
    });
    // node:http stops sending when the answer is there; other clients do not.
    const caller = connect(relay.port, "127.0.0.1");
    const answered = new Promise<string>((resolve, reject) => {
      caller.once("error", reject);
      caller.once("data", (data) => resolve(String(data)));
    });
    const framing = chunked ? "transfer-encoding: chunked" : `content-length: ${UPLOAD_CHUNKS * UPLOAD_CHUNK_BYTES}`;
    caller.write(`POST /status/413 HTTP/1.1\r\nhost: x\r\n${framing}\r\n\r\n`);
    const chunk = Buffer.alloc(UPLOAD_CHUNK_BYTES);
    for (let sent = 0; sent < UPLOAD_CHUNKS; sent++) {
      // The second half only when the answer is there.
      if (sent === UPLOAD_CHUNKS / 2) expect(await answered).toMatch(/^HTTP\/1\.1 413 /);
      if (chunked) caller.write(`${UPLOAD_CHUNK_BYTES.toString(16)}\r\n`);
      if (!caller.write(chunk)) await once(caller, "drain");
      if (chunked) caller.write("\r\n");
    }
    if (chunked) caller.write("0\r\n\r\n");
    expect(await over).toBe(true);
    expect(relay.failures).toEqual([]);
    caller.destroy();
  });
});
