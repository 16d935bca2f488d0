import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawConnection } from "../../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import { expectNothingSecretLogged } from "../support/leaks.ts";
import type { Chain } from "./support/chain.ts";
import { startChain } from "./support/chain.ts";
import { type Expected, expectPolicyProblem, type PolicyCode } from "./support/problem.ts";
import { rawAnswer } from "./support/rawAnswer.ts";

const MAX_BODY_BYTES = 104_857_600;
const NAMED = { detail: "The header Connection may name close, keep-alive, TE, Upgrade and HTTP2-Settings alone." };
const HANDSHAKE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
const NOT_ASCII = { detail: "A header holds characters beyond visible ASCII." };

let chain: Chain;
let token: string;
beforeAll(async () => {
  chain = await startChain();
  token = await chain.functions.signIn(chain.functions.azure.seed.users.alice);
});
afterAll(async () => {
  expectNothingSecretLogged(chain.functions);
  await chain[Symbol.asyncDispose]();
});

/** Sends a head byte by byte as given (Latin-1), with a good token, and nothing after it. */
async function sendHead(lines: string, method = "GET"): Promise<ReturnType<typeof rawAnswer>> {
  using connection = new RawConnection(chain.apim.url);
  connection.send(
    `${method} /obo/downstream/profile/echo/x HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n` +
      `Authorization: Bearer ${token}\r\n${lines}\r\n\r\n`,
  );
  await connection.until(/\r\n\r\n[\s\S]*\}/);
  return rawAnswer(connection.received);
}

describe("what would hang the functions' worker", () => {
  const refused: [what: string, lines: () => string, code: PolicyCode, expected: Expected, method?: string][] = [
    ["25 KiB of headers", () => `X-Big: ${"x".repeat(25_600)}`, "request_headers_too_large", {}],
    ["25 KiB in many headers", () => many(500, "x".repeat(44)), "request_headers_too_large", {}],
    ["UTF-8 in a value", () => `X-Name: ${Buffer.from("Zoë").toString("latin1")}`, "invalid_request", NOT_ASCII],
    ["Latin-1 in a value", () => "X-Name: Zo\xeb", "invalid_request", NOT_ASCII],
    [
      "an odd Expect",
      () => "Expect: 200-maybe",
      "invalid_request",
      { detail: "The only expectation that can be met is 100-continue." },
    ],
    [
      "25 headers that only Azure may send",
      () => numbered(25, "X-Ms-Token"),
      "invalid_request",
      { detail: "More than 24 headers were sent that only Azure itself may send, or that are for API Management." },
    ],
    ["a WebSocket's handshake", () => HANDSHAKE, "upgrade_not_supported", {}],
    ["one without Upgrade", () => "Sec-WebSocket-Version: 13", "upgrade_not_supported", {}],
    ["another upgrade", () => "Upgrade: TLS/1.0\r\nConnection: Upgrade", "upgrade_not_supported", {}],
    // It would take away what the policies set: the operation, the gateway's own token, or token B for a direct API.
    ["a Connection that names the operation", () => "Connection: x-obo-operation", "invalid_request", NAMED],
    ["one that names the token", () => "Connection: keep-alive, Authorization", "invalid_request", NAMED],
    ["one that names the correlation id", () => "Connection: x-correlation-id", "invalid_request", NAMED],
    ["a length over 100 MiB", () => `Content-Length: ${MAX_BODY_BYTES + 1}`, "request_too_large", {}, "POST"],
  ];
  it.each(refused)("is answered at once: %s", async (_, lines, code, expected, method) => {
    const seen = (): number[] => [chain.functions.azure.profile.requests.length, chain.functions.log.lines.length];
    const before = seen();
    expectPolicyProblem(chain.functions, await sendHead(lines(), method), code, expected);
    expect(seen()).toEqual(before);
  });

  it.each(["\x01", "\x1f", "\x7f"])(
    "a control character (%j) in a value goes no further than here",
    async (character) => {
      const calls = chain.functions.azure.profile.requests.length;
      using connection = new RawConnection(chain.apim.url);
      connection.send(
        `GET /obo/downstream/profile/echo/x HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${token}\r\n` +
          `X-Name: a${character}b\r\nConnection: close\r\n\r\n`,
      );
      await connection.closed;
      expect(rawAnswer(connection.received).status).toBe(400);
      expect(chain.functions.azure.profile.requests).toHaveLength(calls);
    },
  );
});

describe("what is just not too much", () => {
  it.each([
    ["a tab and all of visible ASCII", () => "X-Name: a\tb !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~"],
    ["24 headers that only Azure may send", () => numbered(24, "X-Ms-Token")],
    ["25 other headers x-ms-*", () => numbered(25, "X-Ms-Meta")],
    [
      "an offer of HTTP/2, which nobody has to take",
      () => "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    ],
    ["the usual Expect", () => "Expect: 100-Continue\r\nContent-Length: 0"],
  ])("passes: %s", async (_, lines) => {
    expect(await sendHead(lines(), "POST")).toMatchObject({ status: 200 });
  });
});

describe("headers of just under 24 KiB", () => {
  it("reach the function, though the gateway adds its own token", async () => {
    // Not the downstream API, whose own limit is lower.
    const headers = { "x-big": "x".repeat(20_000) };
    expect(await chain.client.call("/obo/validate", { token, headers })).toMatchObject({ status: 200 });
  });
});

describe("an operation that the API does not have", () => {
  it.each([
    ["GET", "/obo/nowhere"],
    ["POST", "/obo/validate"],
    ["GET", "/obo/authorization/profile"],
  ] as const)("is not found: %s %s", async (method, path) => {
    expectPolicyProblem(chain.functions, await chain.client.call(path, { method, token }), "not_found");
  });
});

function numbered(count: number, prefix: string): string {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}: 1`).join("\r\n");
}

function many(count: number, value: string): string {
  return Array.from({ length: count }, (_, index) => `X-${index}: ${value}`).join("\r\n");
}
