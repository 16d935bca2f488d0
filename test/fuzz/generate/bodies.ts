import { gzipSync } from "node:zlib";
import fc from "fast-check";

/** Framing fields, and the bytes behind the head: whether they belong together is the question. Text is Latin-1. */
export interface BodyPlan {
  readonly fields: readonly string[];
  readonly bytes: string;
}

const SMUGGLED = "GET /api/downstream/plain/smuggled HTTP/1.1\r\nHost: x\r\nX-Fuzz-Smuggled: 1\r\n\r\n";
const FORGED = JSON.stringify({ Headers: { authorization: "Bearer x", "x-ms-client-principal": "x" }, api: "root" });
const KIB = 1_024;

const contents: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("x", '{"a":1}', FORGED, SMUGGLED, "a".repeat(3 * KIB), "b".repeat(5 * KIB), "c".repeat(64 * KIB)),
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 200 }),
  fc.constantFrom(
    gzipSync("y".repeat(9 * KIB)).toString("latin1"),
    `${gzipSync("z").toString("latin1", 0, 12)}garbage`,
  ),
);

const none: fc.Arbitrary<BodyPlan> = fc.constant({ fields: [], bytes: "" });
const withLength: fc.Arbitrary<BodyPlan> = contents.map((bytes) => ({
  fields: [`Content-Length: ${bytes.length}`],
  bytes,
}));
const chunked: fc.Arbitrary<BodyPlan> = fc.array(contents, { maxLength: 3 }).map((pieces) => ({
  fields: ["Transfer-Encoding: chunked"],
  bytes: `${pieces
    .filter((piece) => piece !== "")
    .map((piece) => chunk(piece))
    .join("")}0\r\n\r\n`,
}));

const hostile: fc.Arbitrary<BodyPlan> = fc.oneof(
  // Lengths that lie.
  fc.tuple(contents, fc.constantFrom(-1, 1, -3, 10, 1_000_000)).map(([bytes, by]) => ({
    fields: [`Content-Length: ${Math.max(0, bytes.length + by)}`],
    bytes,
  })),
  contents.map((bytes) => ({ fields: ["Content-Length: 0"], bytes: bytes + SMUGGLED })),
  fc.constant({ fields: [], bytes: SMUGGLED }),
  fc
    .constantFrom(
      "Content-Length: 3\r\nContent-Length: 5",
      "Content-Length: 3, 3",
      "Content-Length: 00005",
      "Content-Length: 5;",
    )
    .map((field) => ({ fields: [field], bytes: "12345" })),
  // Two framings at once.
  fc.tuple(contents, fc.boolean()).map(([bytes, first]) => ({
    fields: first
      ? ["Transfer-Encoding: chunked", "Content-Length: 4"]
      : ["Content-Length: 4", "Transfer-Encoding: chunked"],
    bytes: `${chunk(bytes === "" ? "x" : bytes)}0\r\n\r\n`,
  })),
  fc
    .constantFrom(
      "xchunked",
      "chunked, identity",
      "gzip, chunked",
      "identity",
      "chunked, chunked",
      "\tchunked",
      "CHUNKED",
      '"chunked"',
      "chunked;q=1",
      "",
    )
    .map((coding) => ({ fields: [`Transfer-Encoding: ${coding}`], bytes: `${chunk("hello")}0\r\n\r\n${SMUGGLED}` })),
  fc.constant({ fields: ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], bytes: `0\r\n\r\n${SMUGGLED}` }),
  // Chunks with more, or less, than data.
  fc
    .constantFrom(
      "5;x=y\r\nhello\r\n0\r\n\r\n",
      `5;${"x".repeat(20 * KIB)}\r\nhello\r\n0\r\n\r\n`,
      "5\r\nhello\r\n0\r\nX-Trailer: 1\r\nAuthorization: Bearer x\r\n\r\n",
      "5\r\nhello\r\n0\r\nContent-Length: 9\r\nHost: x\r\n\r\n",
      "5\nhello\n0\n\n",
      "5\r\nhelloXX0\r\n\r\n",
      "zz\r\nhello\r\n0\r\n\r\n",
      "-1\r\nhello\r\n0\r\n\r\n",
      "0x5\r\nhello\r\n0\r\n\r\n",
      "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
      "fffffffffffffffff0\r\nhello\r\n0\r\n\r\n",
      "5 \r\nhello\r\n0\r\n\r\n",
      "\r\n5\r\nhello\r\n0\r\n\r\n",
      "5\r\nhel",
      "5\r\nhello\r\n",
      "",
      `0\r\n\r\n${SMUGGLED}`,
    )
    .map((bytes) => ({ fields: ["Transfer-Encoding: chunked"], bytes })),
);

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

export const bodies: fc.Arbitrary<BodyPlan> = fc.oneof(
  { weight: 8, arbitrary: none },
  { weight: 4, arbitrary: withLength },
  { weight: 3, arbitrary: chunked },
  { weight: 3, arbitrary: hostile },
);
