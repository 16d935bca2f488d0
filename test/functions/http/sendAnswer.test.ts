import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HttpAnswer } from "../../../functions/http/httpCall.ts";
import { DownstreamTimeoutError } from "../../../shared/errors/errors.ts";
import { call, problemOf } from "./support/caller.ts";
import type { Library } from "./support/library.ts";
import { startLibrary } from "./support/library.ts";

const bytes = (...pieces: string[]): Readable =>
  Readable.from(
    pieces.map((piece) => Buffer.from(piece)),
    { objectMode: false },
  );

/** Sends these pieces, and then breaks: at once, or when the first have left. */
function broken(pieces: readonly string[] = [], afterMs?: number): Readable {
  return Readable.from(
    (async function* () {
      for (const piece of pieces) yield Buffer.from(piece);
      if (afterMs !== undefined) await setTimeout(afterMs);
      throw new Error("The connection broke.");
    })(),
    { objectMode: false },
  );
}

describe("an answer", () => {
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

  const answering = (answer: Partial<HttpAnswer>): void => {
    library.handle = async () => ({ status: 200, headers: [], body: undefined, ...answer });
  };
  const events = () => library.log.slice(logged).map(({ fields }) => fields.event);

  it("streams its body", async () => {
    answering({ headers: [["content-type", "text/plain"]], body: bytes("one ", "two ", "three") });
    const { status, headers, body } = await call(library);
    expect([status, headers["content-type"], body.toString()]).toEqual([200, "text/plain", "one two three"]);
  });

  it("sends text as it is, with the content type it has and no other", async () => {
    answering({ headers: [["content-type", "application/json"]], body: '{"a":"\u00e9"}' });
    const { headers, body } = await call(library);
    expect([headers["content-type"], body.toString()]).toEqual(["application/json", '{"a":"\u00e9"}']);
    answering({ body: "bare" });
    expect((await call(library)).headers["content-type"]).toBeUndefined();
  });

  it("sends a body that is whole at once in one piece, with its length", async () => {
    const arrived = new Readable();
    arrived.push("whole");
    arrived.push(null);
    for (const body of ["whole", arrived]) {
      answering({ body });
      const { headers, body: received } = await call(library);
      expect([received.toString(), headers["content-length"], headers["transfer-encoding"]]).toEqual([
        "whole",
        "5",
        undefined,
      ]);
    }
  });

  it.each([
    ["none", undefined],
    ["an empty one", bytes()],
  ])("may have no body: %s", async (_what, body) => {
    answering({ status: 202, headers: [["x-a", "1"]], body });
    const received = await call(library);
    expect([received.status, received.headers["x-a"], received.body.length]).toEqual([202, "1", 0]);
  });

  it("keeps repeated headers and all cookies", async () => {
    answering({
      headers: [
        ["set-cookie", "a=1; Path=/"],
        ["link", "<1>"],
        ["set-cookie", "b=2, with a comma"],
        ["link", "<2>"],
      ],
    });
    const { headers, rawHeaders } = await call(library);
    expect(headers["set-cookie"]).toEqual(["a=1; Path=/", "b=2, with a comma"]);
    expect(rawHeaders.filter((_, index) => rawHeaders[index - 1] === "link")).toEqual(["<1>", "<2>"]);
  });

  it("percent-encodes what a header holds beyond ASCII: the host would send nothing at all", async () => {
    answering({
      headers: [
        ["location", "/caf\u00c3\u00a9?q=\u00ff"],
        ["x-plain", "a%20b\t~"],
      ],
      status: 302,
    });
    const { headers } = await call(library);
    expect(headers).toMatchObject({ location: "/caf%C3%A9?q=%FF", "x-plain": "a%20b\t~" });
  });

  it.each([
    ["GET", 204],
    ["GET", 205],
    ["GET", 304],
    ["HEAD", 200],
  ])("to %s with status %i has no body, and keeps its headers", async (method, status) => {
    answering({ status, headers: [["etag", '"x"']], body: bytes("not to be sent") });
    const received = await call(library, { method });
    expect([received.status, received.headers.etag, received.body.length]).toEqual([status, '"x"', 0]);
  });

  it("with 205 states no length: nothing follows, and who waited for it would wait for ever", async () => {
    answering({ status: 205, headers: [["content-length", "4"]], body: bytes("lost") });
    const received = await call(library);
    expect([received.status, received.headers["content-length"] ?? "0", received.body.length]).toEqual([205, "0", 0]);
  });

  it("lets go of a body without end that is not sent", async () => {
    let given = 0;
    const endless = new Readable({
      read() {
        given++;
        setImmediate(() => this.push(Buffer.alloc(65_536)));
      },
    });
    answering({ status: 205, body: endless });
    expect((await call(library)).status).toBe(205);
    await expect.poll(() => endless.destroyed).toBe(true);
    expect(given).toBeLessThan(10);
  });

  it("to HEAD keeps the length of what GET would bring", async () => {
    answering({ headers: [["content-length", "1000"]], body: bytes() });
    expect((await call(library, { method: "HEAD" })).headers["content-length"]).toBe("1000");
  });

  it("survives the failing of a body that is not sent", async () => {
    answering({ status: 204, body: broken() });
    expect((await call(library)).status).toBe(204);
  });

  describe("whose body fails", () => {
    it("before its first byte, is a problem with none of the answer's headers", async () => {
      answering({
        headers: [
          ["content-length", "1000"],
          ["content-encoding", "gzip"],
          ["etag", '"x"'],
        ],
        body: broken(),
      });
      const received = await call(library);
      expect(problemOf(received)).toMatchObject({ code: "internal_error", status: 500 });
      expect(received.status).toBe(500);
      for (const name of ["content-encoding", "etag"]) expect(received.headers).not.toHaveProperty(name);
      expect(received.headers["content-length"]).not.toBe("1000");
      expect(events()).toEqual(["call_failed"]);
    });

    it("before its first byte, is the problem that it means", async () => {
      answering({ body: broken(), bodyFailure: (error) => new DownstreamTimeoutError("profile", "Too late.", error) });
      const received = await call(library);
      expect([received.status, problemOf(received).code]).toEqual([504, "downstream_timeout"]);
    });

    it("right after its first piece, while the headers are still here, is that problem too", async () => {
      answering({
        headers: [["content-length", "1000"]],
        body: broken(["the first half"]),
        bodyFailure: (error) => new DownstreamTimeoutError("profile", "Too late.", error),
      });
      const received = await call(library);
      expect([received.status, problemOf(received).code]).toEqual([504, "downstream_timeout"]);
    });

    it.each([
      ["with a length", [["content-length", "1000"]] as const],
      ["in chunks", []],
    ])("later, is cut: never ended as if it were whole, %s", async (_what, headers) => {
      answering({
        headers,
        body: broken(["the first half"], 20),
        bodyFailure: (error) => new DownstreamTimeoutError("profile", "Too late.", error),
      });
      const received = await call(library);
      expect([received.status, received.body.toString(), received.cut]).toEqual([200, "the first half", true]);
      expect(library.late.at(-1)).toMatchObject({
        level: "warning",
        fields: {
          event: "response_cut",
          diagnosis: "Too late.",
          error: expect.stringContaining("The connection broke."),
        },
      });
    });
  });

  it.each([
    [
      "a header value of two lines",
      {
        headers: [
          ["x-a", "1"],
          ["content-length", "9"],
          ["x-b", "1\r\nSet-Cookie: a=b"],
        ],
      },
    ],
    [
      "a header value beyond bytes",
      {
        headers: [
          ["x-a", "1"],
          ["x-b", "\u20ac"],
        ],
      },
    ],
    [
      "a header name with a space",
      {
        headers: [
          ["x-a", "1"],
          ["x b", "1"],
        ],
      },
    ],
    ["status 999", { status: 999, headers: [["x-a", "1"]] }],
    ["status 101", { status: 101, headers: [["x-a", "1"]] }],
    ["no number for a status", { status: Number.NaN, headers: [["x-a", "1"]] }],
  ] as const)("that cannot be sent is a problem, and its body is closed: %s", async (_what, answer) => {
    const body = bytes("body");
    answering({ ...answer, body });
    const received = await call(library);
    expect([received.status, problemOf(received).code]).toEqual([500, "internal_error"]);
    expect(received.headers).not.toHaveProperty("x-a");
    expect(body.destroyed).toBe(true);
  });
});
