import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnswerPlan } from "./generate/downstreamAnswers.ts";
import type { SocketCase } from "./generate/socketCase.ts";
import { alwaysBelow } from "./oracle/lenientPath.ts";
import { ANSWER_RULES, PROCESS_RULES, REQUEST_RULES, type RULES } from "./oracle/rules.ts";
import { judgeMemory } from "./run/memoryWatch.ts";
import type { Sabotage } from "./support/standInGateway.ts";
import { startStandIn } from "./support/standInGateway.ts";
import { attempt } from "./world/attempt.ts";
import type { FuzzWorld } from "./world/fuzzWorld.ts";
import { startFuzzWorld } from "./world/fuzzWorld.ts";
import { API_KEY, API_RULES } from "./world/settings.ts";

let world: FuzzWorld;
let tokenB: string;
let bobsTokenB: string;
let ledgersTokenB: string;
beforeAll(async () => {
  world = await startFuzzWorld();
  const { entra, seed } = world.azure;
  const issue = (user: string, scope: string) => entra.issueUserToken({ user, client: seed.gateway.clientId, scope });
  tokenB = await issue(seed.users.alice.oid, seed.scopes.profile);
  bobsTokenB = await issue(seed.users.bob.oid, seed.scopes.profile);
  ledgersTokenB = await issue(seed.users.alice.oid, seed.scopes.ledger);
});
afterAll(() => world[Symbol.asyncDispose]());

const ANSWER: AnswerPlan = {
  status: 201,
  fields: [
    ["Location", "{base}/items/1"],
    ["Set-Cookie", "a=b"],
    ["X-Powered-By", "Downstream"],
  ],
  body: "the downstream API's",
  chunked: false,
};

function plainCase(changes: Partial<SocketCase> = {}): SocketCase {
  const token = { kind: "named", name: "alice" } as const;
  return {
    front: "direct",
    api: "plain",
    method: "POST",
    target: "/api/downstream/plain/me?a=b",
    version: "HTTP/1.1",
    credential: { user: { token, forms: ["Bearer {}"] }, gateway: { token, forms: [] } },
    lines: [],
    body: { fields: ["Content-Length: 5"], bytes: "hello" },
    lineEnd: "\r\n",
    pieces: 1,
    answer: ANSWER,
    first: "as planned",
    ...changes,
  };
}

let number = 0;

/** The rules that the case, through a stand-in with this sabotage, was found to break. */
async function broken(sabotage: Sabotage, changes: Partial<SocketCase> = {}): Promise<string[]> {
  await using standIn = await startStandIn({
    authority: world.authority,
    basePath: API_RULES[changes.api ?? "plain"].basePath,
    prefix: `/api/downstream/${changes.api ?? "plain"}`,
    tokenB,
    sabotage: { answer: honestly, ...sabotage },
  });
  const target = { ...world.target, url: () => standIn.url };
  const { breaches } = await attempt(plainCase(changes), ++number, target);
  const stray = world.target.cases.stray.splice(0);
  return [...new Set([...breaches, ...stray].map(({ rule }) => rule))];
}

/** What a gateway does to the answer above. */
function honestly(text: string): string {
  return text
    .replace(/Location: .*\r\n/, "Location: ./items/1\r\n")
    .replace(/Set-Cookie: .*\r\n/, "")
    .replace(/X-Powered-By: .*\r\n/, "");
}

const line = (text: string) => (request: string) => request.replace("\r\n", `\r\n${text}\r\n`);
const path = (to: string) => (request: string) => request.replace(/ \/\S* /, ` ${to} `);
const problem = (members: object, fields = ""): string => {
  const body = JSON.stringify({
    type: "https://docs.example/errors#invalid_target",
    title: "Title",
    status: 400,
    code: "invalid_target",
    correlationId: "one",
    ...members,
  });
  return `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nCache-Control: no-store\r\nX-Correlation-Id: one\r\n${fields}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};

describe("the oracle finds nothing wrong with", () => {
  it("a call as it must be", async () => {
    expect(await broken({})).toEqual([]);
  });

  it("a problem as it must be", async () => {
    expect(await broken({ instead: problem({}) })).toEqual([]);
  });
});

const SABOTAGES: readonly (readonly [
  rule: keyof typeof RULES,
  what: string,
  sabotage: () => Sabotage,
  changes?: Partial<SocketCase>,
])[] = [
  ["framing", "a bare line feed", () => ({ request: (text) => text.replace("\r\n", "\n") })],
  ["framing", "a folded line", () => ({ request: line(" folded") })],
  ["framing", "a length and chunks", () => ({ request: line("Transfer-Encoding: chunked") })],
  [
    "framing",
    "a chunk extension",
    () => ({
      request: (text) =>
        text.replace(/Content-Length: 5\r\n\r\nhello/, "Transfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\n\r\n"),
    }),
  ],
  ["known-case", "a request of nobody's", () => ({ request: (text) => text.replace(/X-Fuzz-Case: \d+\r\n/, "") })],
  ["known-case", "a request that stood in a body", () => ({ request: line("X-Fuzz-Smuggled: 1") })],
  ["one-call", "a call sent twice", () => ({ times: 2 })],
  ["elsewhere", "a connection elsewhere", () => ({ alsoTo: world.target.names.elsewhere })],
  ["request-line", "absolute-form", () => ({ request: path(`http://${world.authority}/tenants/contoso/v1/me?a=b`) })],
  ["request-line", "a target that names a host", () => ({ request: path("//evil.example/tenants/contoso/v1/me?a=b") })],
  ["request-line", "HTTP/1.0", () => ({ request: (text) => text.replace("HTTP/1.1", "HTTP/1.0") })],
  ["method", "another method", () => ({ request: (text) => text.replace("POST", "PUT") })],
  ["host", "the caller's Host", () => ({ request: (text) => text.replace(/Host: .*/, "Host: gateway.example") })],
  ["host", "two of them", () => ({ request: line(`Host: ${world.authority}`) })],
  ["base-path", "a path beside it", () => ({ request: path("/tenants/fabrikam/v1/me?a=b") })],
  ["base-path", "dot segments", () => ({ request: path("/tenants/contoso/v1/../v2/me?a=b") })],
  ["base-path", "dot segments encoded twice", () => ({ request: path("/tenants/contoso/v1/%252e%252e/v2?a=b") })],
  ["base-path", "overlong dot segments", () => ({ request: path("/tenants/contoso/v1/%c0%ae%c0%ae/v2?a=b") })],
  ["base-path", "backslashes", () => ({ request: path("/tenants/contoso/v1/..%5cv2?a=b") })],
  ["base-path", "dot segments with parameters", () => ({ request: path("/tenants/contoso/v1/..;x/v2?a=b") })],
  ["base-path", "a prefix that is no segment", () => ({ request: path("/tenants/contoso/v11/me?a=b") })],
  ["open-paths", "a path that is not open", () => ({}), { api: "ruled", target: "/api/downstream/ruled/admin" }],
  [
    "open-paths",
    "a method that is not open",
    () => ({}),
    { api: "ruled", target: "/api/downstream/ruled/me", method: "DELETE" },
  ],
  ["query", "a query decoded", () => ({ request: (text) => text.replace("?a=b", "?a=%62") })],
  ["query", "a query lost", () => ({ request: (text) => text.replace("?a=b", "") })],
  ["token", "no token", () => ({ request: (text) => text.replace(/Authorization: .*\r\n/, "") })],
  ["token", "two tokens", () => ({ request: line(`Authorization: Bearer ${tokenB}`) })],
  ["token", "token A", () => ({ request: (text) => text.replace(tokenB, world.target.names.tokens.alice) })],
  ["token", "another user's", () => ({ request: (text) => text.replace(tokenB, bobsTokenB) })],
  ["token", "another API's", () => ({ request: (text) => text.replace(tokenB, ledgersTokenB) })],
  [
    "token",
    "one that is not Entra ID's",
    () => ({ request: (text) => text.replace(tokenB, `${tokenB.slice(0, -9)}AAAAAAAAA`) }),
  ],
  ["token", "one for a caller whose own expired", () => ({}), caller("expired")],
  ["token", "one for a caller without one", () => ({}), caller("unsigned")],
  ["token", "one for a gateway that did not prove itself", () => ({}), { front: "gateway" }],
  [
    "foreign-token",
    "token A in another header",
    () => ({ request: line(`X-Assertion: ${world.target.names.tokens.alice}`) }),
  ],
  ["foreign-token", "the gateway's secret", () => ({ request: line(`X-Secret: ${world.azure.seed.gatewaySecret}`) })],
  ...[
    "Cookie: a=b",
    "X-Forwarded-For: 1.2.3.4",
    "x_forwarded_for: 1.2.3.4",
    "X.Original.URL: /",
    "x-ms-client-principal: x",
    "TE: trailers",
    "Upgrade: h2c",
    "Ocp-Apim-Subscription-Key: x",
    "X_Correlation_Id: x",
    "Content_Length: 3",
    "Expect: 100-continue",
  ].map((text) => ["forbidden-header", text, () => ({ request: line(text) })] as const),
  ["duplicate-header", "two correlation ids", () => ({ request: line("x-correlation-id: two") })],
  [
    "duplicate-header",
    "a correlation id that is none",
    () => ({ request: (text) => text.replace("X-Correlation-Id: one", "X-Correlation-Id: a b") }),
  ],
  ["duplicate-header", "none", () => ({ request: (text) => text.replace("Client-Request-Id: one\r\n", "") })],
  ["duplicate-header", "a trace that is none", () => ({ request: line("traceparent: garbage") })],
  ["duplicate-header", "two media types", () => ({ request: line("Content-Type: a/b\r\nContent-Type: c/d") })],
  [
    "duplicate-header",
    "the settings' header missing",
    () => ({}),
    { api: "ruled", target: "/api/downstream/ruled/me" },
  ],
  ["body", "another body", () => ({ request: (text) => text.replace("hello", "hullo") })],
  [
    "body",
    "more than the settings allow",
    () => ({}),
    {
      api: "ruled",
      target: "/api/downstream/ruled/me",
      body: { fields: ["Content-Length: 5000"], bytes: "x".repeat(5_000) },
    },
  ],
  ["answer-syntax", "a bare line feed", () => ({ answer: (text) => honestly(text).replace("\r\n", "\n") })],
  ["answer-syntax", "a body cut short", () => ({ answer: (text) => honestly(text).slice(0, -3) })],
  ["answer-syntax", "something behind it", () => ({ answer: (text) => `${honestly(text)}HTTP/1.1 ` })],
  ["answered", "a connection closed", () => ({ answer: () => undefined })],
  [
    "status-500",
    "the gateway fails",
    () => ({ instead: problem({ status: 500 }).replace("400 Bad Request", "500 Internal Server Error") }),
  ],
  ["problem", "no code", () => ({ instead: problem({ code: undefined }) })],
  ["problem", "another correlation id", () => ({ instead: problem({ correlationId: "two" }) })],
  ["problem", "another status", () => ({ instead: problem({ status: 401 }) })],
  [
    "problem",
    "an answer that may be kept",
    () => ({ instead: problem({}).replace("Cache-Control: no-store\r\n", "") }),
  ],
  [
    "problem",
    "plain text",
    () => ({ instead: "HTTP/1.1 400 Bad Request\r\nX-Correlation-Id: one\r\nContent-Length: 3\r\n\r\nno!" }),
  ],
  ["secret", "token A", () => ({ instead: problem({ detail: world.target.names.tokens.alice }) })],
  [
    "secret",
    "token B",
    () => ({ answer: (text, call) => honestly(text).replace("\r\n", `\r\nX-Token: ${call.tokenB}\r\n`) }),
  ],
  ["secret", "a key of the settings", () => ({ instead: problem({ detail: API_KEY }) })],
  [
    "internal-address",
    "the downstream API's",
    () => ({ instead: problem({ detail: `connect ECONNREFUSED ${world.authority}` }) }),
  ],
  ["stack-trace", "a stack trace", () => ({ instead: problem({ detail: "Error: no\n    at handle (index.ts:4:2)" }) })],
  [
    "relayed-header",
    "a cookie",
    () => ({
      answer: (text) => text.replace(/Location: .*\r\n/, "Location: ./items/1\r\n").replace(/X-Powered-By: .*\r\n/, ""),
    }),
  ],
  [
    "relayed-header",
    "the downstream API's server",
    () => ({ answer: (text) => honestly(text).replace("Server: Kestrel", "Server: Downstream") }),
  ],
  ["relayed-body", "another status", () => ({ answer: (text) => honestly(text).replace("201", "200") })],
  [
    "relayed-body",
    "another body",
    () => ({ answer: (text) => honestly(text).replace("the downstream", "The downstream") }),
  ],
  [
    "location",
    "the downstream API's address",
    () => ({ answer: (text) => honestly(text.replace("Location", "X-Kept")).replace("X-Kept", "Location") }),
  ],
  ["location", "a redirect lost", () => ({ answer: (text) => honestly(text).replace(/Location: .*\r\n/, "") })],
];

function caller(name: "expired" | "unsigned"): Partial<SocketCase> {
  const token = { kind: "named", name } as const;
  return { credential: { user: { token, forms: ["Bearer {}"] }, gateway: { token, forms: [] } } };
}

describe("the oracle catches a gateway that breaks", () => {
  it.each(SABOTAGES.map(([rule, what, sabotage, changes]) => ({ rule, what, sabotage, changes })))(
    "$rule: $what",
    async ({ rule, sabotage, changes }) => {
      expect(await broken(sabotage(), changes)).toContain(rule);
    },
  );

  it("memory", () => {
    const report = (endResident: number, endLive: number) => ({
      startResident: 100,
      warm: { resident: 200, live: 30 },
      end: { resident: endResident, live: endLive },
      curve: [],
    });
    expect(judgeMemory({ direct: report(230, 32), gateway: report(190, 30) })).toEqual([]);
    expect(judgeMemory({ direct: report(230, 32), gateway: report(300, 30) })).toMatchObject([{ rule: "memory" }]);
    expect(judgeMemory({ direct: report(200, 60), gateway: report(200, 30) })).toMatchObject([{ rule: "memory" }]);
  });

  it("every rule that is about requests or answers", () => {
    const tried = new Set<string>(SABOTAGES.map(([rule]) => rule));
    expect(Object.keys({ ...REQUEST_RULES, ...ANSWER_RULES }).filter((rule) => !tried.has(rule))).toEqual([]);
    expect(Object.keys(PROCESS_RULES)).toEqual(["worker-restart", "unhandled", "memory"]);
  });
});

describe("a path that is below its base for every server", () => {
  it.each(["/v1", "/v1/me", "/v1/a%20b/..x", "/v1/a..b", "/v1/%C3%A9"])("%s", (text) => {
    expect(alwaysBelow(["/v1"], text)).toBe(true);
  });
});
