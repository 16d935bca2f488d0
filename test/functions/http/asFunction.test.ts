import { request } from "node:http";
import { HttpRequest } from "@azure/functions";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asFunction } from "../../../functions/http/asFunction.ts";
import type { HttpCall } from "../../../functions/http/httpCall.ts";
import { jsonAnswer } from "../../../functions/http/httpCall.ts";
import { RawHttpRegistry } from "../../../functions/http/rawHttp.ts";
import { CallerGoneError } from "../../../shared/downstream/callDeadline.ts";
import { DownstreamTimeoutError, ThrottledError, TokenExpiredError } from "../../../shared/errors/errors.ts";
import { call, problemOf } from "./support/caller.ts";
import type { Library, LogLine } from "./support/library.ts";
import { contextOf, newInvocationId, REALM, startLibrary } from "./support/library.ts";

const unheard = (): never => expect.unreachable();

describe("asFunction", () => {
  let library: Library;
  let logged: number;
  beforeAll(async () => {
    library = await startLibrary();
  });
  beforeEach(() => {
    logged = library.log.length;
  });
  afterAll(async () => {
    expect(library.failures).toEqual([]);
    await library.close();
  });
  const newLog = (): readonly LogLine[] => library.log.slice(logged);

  it("answers what the handler answers", async () => {
    library.handle = async () => jsonAnswer(201, { made: true });
    const { status, headers, body } = await call(library);
    expect([status, JSON.parse(body.toString())]).toEqual([201, { made: true }]);
    expect(headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
    expect(newLog()).toEqual([]);
  });

  it("shows the handler what was sent, and nothing of the library's own request", async () => {
    let seen: HttpCall | undefined;
    library.handle = async (received) => {
      seen = received;
      return jsonAnswer(200, {});
    };
    const headers = { Authorization: ["Bearer 1"], "X-Twice": ["1", "2"] };
    await call(library, { method: "PUT", path: '/api/a%20b/?Headers={"authorization":"Bearer%20forged"}', headers });
    expect(seen).toMatchObject({
      method: "PUT",
      path: "/api/a%20b/",
      query: '?Headers={"authorization":"Bearer%20forged"}',
      body: undefined,
    });
    expect(seen?.header("authorization")).toBe("Bearer 1");
    expect(seen?.header("X-TWICE")).toBe("1, 2");
    expect(seen?.header("forged")).toBeUndefined();
    expect(seen?.rawHeaders).toContain("X-Twice");
  });

  it("gives the handler the body, if there is one", async () => {
    library.handle = async ({ body }) => {
      const pieces: Buffer[] = [];
      for await (const piece of body ?? []) pieces.push(piece);
      return jsonAnswer(200, { body: body === undefined ? null : Buffer.concat(pieces).toString() });
    };
    const send = async (headers: Record<string, string>, body?: Buffer) =>
      problemOf(await call(library, { method: "POST", headers, ...(body === undefined ? {} : { body }) })).body;
    expect(await send({ "content-length": "5" }, Buffer.from("12345"))).toBe("12345");
    expect(await send({ "transfer-encoding": "chunked" }, Buffer.from("in chunks"))).toBe("in chunks");
    expect(await send({ "content-length": "0" })).toBeNull();
  });

  it("drops a body that the handler does not read", async () => {
    library.handle = async () => jsonAnswer(413, {});
    const body = Buffer.alloc(4_194_304);
    const received = await call(library, { method: "POST", headers: { "content-length": body.length }, body });
    expect([received.status, received.cut]).toEqual([413, false]);
  });

  it("gives the caller's correlation id back, or a new one", async () => {
    library.handle = async ({ correlationId }) => jsonAnswer(200, { correlationId });
    const given = await call(library, { headers: { "x-correlation-id": "mine-1" } });
    expect([given.headers["x-correlation-id"], problemOf(given).correlationId]).toEqual(["mine-1", "mine-1"]);
    const made = await call(library);
    expect(made.headers["x-correlation-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(problemOf(made).correlationId).toBe(made.headers["x-correlation-id"]);
  });

  describe("refuses, where HTTP streaming is off", () => {
    it("without calling the handler", async () => {
      const log: LogLine[] = [];
      let called = false;
      const handler = asFunction(
        async () => {
          called = true;
          return jsonAnswer(200, {});
        },
        {
          exchanges: new RawHttpRegistry(),
          realm: REALM,
          longestCall: undefined,
          late: { info: unheard, warning: unheard, error: unheard },
        },
      );
      const request = new HttpRequest({
        url: "https://forged.example/",
        method: "GET",
        headers: { authorization: "Bearer forged" },
      });
      const answer = await handler(request, contextOf("no-such-invocation", log));
      expect(called).toBe(false);
      const correlationId = "no-such-invocation";
      expect(answer).toMatchObject({
        status: 500,
        headers: { "content-type": "application/problem+json", "x-correlation-id": correlationId },
      });
      const cause = expect.stringContaining("enableHttpStream: true");
      expect(log).toEqual([
        { level: "error", fields: expect.objectContaining({ event: "call_failed", correlationId, cause }) },
      ]);
    });
  });

  describe("when the handler throws", () => {
    it.each([
      ["an Error", () => new Error("hunter2 at 10.0.0.4")],
      ["text", () => "hunter2"],
      ["undefined", () => undefined],
      ["null", () => null],
      ["an object", () => ({ status: 200, body: "hunter2" })],
    ])("%s: a problem that says nothing of it", async (_what, thrown) => {
      library.handle = async () => {
        throw thrown();
      };
      const received = await call(library);
      expect(received.status).toBe(500);
      expect(received.headers["content-type"]).toBe("application/problem+json");
      expect(problemOf(received)).toMatchObject({
        code: "internal_error",
        correlationId: received.headers["x-correlation-id"],
      });
      expect(received.body.toString()).not.toContain("hunter2");
      expect(newLog()).toEqual([
        { level: "error", fields: expect.objectContaining({ event: "call_failed", code: "internal_error" }) },
      ]);
    });

    it("before it is asynchronous: the same", async () => {
      library.handle = () => {
        throw new TypeError("at once");
      };
      expect((await call(library)).status).toBe(500);
      expect(newLog()[0]?.fields).toMatchObject({
        cause: "TypeError: at once",
        stack: expect.stringContaining("asFunction.test.ts"),
        function: "tested",
      });
    });

    it("a failure with a challenge: status, challenge and a warning", async () => {
      library.handle = () => Promise.reject(new TokenExpiredError());
      const received = await call(library);
      expect(received.status).toBe(401);
      expect(received.headers["www-authenticate"]).toMatch(
        /^Bearer realm="", authorization_uri="https:\/\/login\.example\/authorize", client_id="the-gateway", error="invalid_token"/,
      );
      expect(received.headers["cache-control"]).toBe("no-store");
      expect(problemOf(received)).toMatchObject({ code: "token_expired", status: 401 });
      expect(newLog()).toEqual([
        { level: "warning", fields: expect.objectContaining({ event: "call_refused", code: "token_expired" }) },
      ]);
    });

    it("a failure with a diagnosis: for the log alone", async () => {
      library.handle = () => Promise.reject(new ThrottledError({ retryAfter: 7 }, "AADSTS90055 for the log."));
      const received = await call(library);
      expect([received.status, received.headers["retry-after"]]).toEqual([503, "7"]);
      expect(received.body.toString()).not.toContain("AADSTS90055");
      expect(newLog()[0]).toMatchObject({ level: "error", fields: { diagnosis: "AADSTS90055 for the log." } });
    });

    it("names a failure's cause in the log", async () => {
      const cause = new Error("outer", { cause: new Error("inner") });
      library.handle = () => Promise.reject(new DownstreamTimeoutError("profile", "Too late.", cause));
      expect((await call(library)).status).toBe(504);
      expect(newLog()[0]?.fields).toMatchObject({ cause: "Error: outer <- Error: inner", diagnosis: "Too late." });
    });

    it("that the caller hung up: a note, no failure", async () => {
      const sending = request({ port: library.port, headers: { "x-ms-invocation-id": newInvocationId() } });
      sending.on("error", () => undefined);
      library.handle = ({ signal }) => {
        sending.destroy();
        return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      };
      sending.end();
      const fields = expect.objectContaining({ event: "caller_gone", during: "the wait for an answer" });
      await expect.poll(newLog).toEqual([{ level: "information", fields }]);
    });

    it("that the caller is gone, who is not: a failure of our own", async () => {
      library.handle = () => Promise.reject(new CallerGoneError());
      expect((await call(library)).status).toBe(500);
      expect(newLog()).toMatchObject([{ level: "error", fields: { event: "call_failed", code: "internal_error" } }]);
    });

    it("never sends HEAD a body", async () => {
      library.handle = () => Promise.reject(new TokenExpiredError());
      const { status, body } = await call(library, { method: "HEAD" });
      expect([status, body.length]).toEqual([401, 0]);
    });
  });
});
