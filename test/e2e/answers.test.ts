import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const UNREAD_BYTES = 8 * 1_048_576;

let gateway: GatewayUnderTest;
let token: string;
beforeAll(async () => {
  gateway = await startGateway();
  token = await gateway.signIn(gateway.azure.seed.users.alice);
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe("the answer of a downstream API", () => {
  it("loses its cookies, and nothing else of it", async () => {
    const answer = await gateway.client.call("/downstream/profile/cookies", { token, headers: { cookie: "a=b" } });
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect([answer.status, answer.json()]).toEqual([200, { received: null }]);
  });

  it("bears the ids of this call, and the downstream API got one of them", async () => {
    const answer = await gateway.client.call("/downstream/profile/echo/x", { token });
    expect(answer.headers["x-ms-invocation-id"]).toMatch(GUID);
    expect(answer.headers["x-correlation-id"]).toMatch(GUID);
    expect(answer.json().rawHeaders).toContain(answer.headers["x-correlation-id"]);
    expect(answer.json().rawHeaders).not.toContain(answer.headers["x-ms-invocation-id"]);
  });

  it("bears the trace id of the caller, where there is no other id", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const answer = await gateway.client.call("/downstream/profile/echo/x", { token, headers: { traceparent } });
    expect(answer.headers["x-correlation-id"]).toBe("0af76519-16cd-43dd-8448-eb211c80319c");
  });

  it.each([204, 205])("without a body stays so: %i", async (status) => {
    const answer = await gateway.client.call(`/downstream/profile/status/${status}`, { token });
    expect([answer.status, answer.body.length]).toEqual([status, 0]);
    expect(answer.headers["content-type"]).toBeUndefined();
  });

  it("is 304 where the caller has it already, and keeps its tag", async () => {
    const { headers } = await gateway.client.call("/downstream/profile/etag", { token });
    expect(headers.etag).toBe('"one"');
    const again = await gateway.client.call("/downstream/profile/etag", {
      token,
      headers: { "if-none-match": '"one"' },
    });
    expect([again.status, again.headers.etag, again.body.length]).toEqual([304, '"one"', 0]);
  });

  it("is a part where the caller wants a part", async () => {
    const answer = await gateway.client.call("/downstream/profile/range?size=1000", {
      token,
      headers: { range: "bytes=10-19" },
    });
    expect([answer.status, answer.headers["content-range"], answer.body.length]).toEqual([206, "bytes 10-19/1000", 10]);
  });

  it.each([200, 404, 500])("to HEAD has no body, whatever its status: %i", async (status) => {
    const answer = await gateway.client.call(`/downstream/profile/download?bytes=77`, { method: "HEAD", token });
    expect([answer.status, answer.headers["content-length"], answer.body.length]).toEqual([200, "77", 0]);
    const other = await gateway.client.call(`/downstream/profile/status/${status}`, { method: "HEAD", token });
    expect([other.status, other.body.length]).toEqual([status, 0]);
  });

  it("to HEAD is a challenge without a body, when the token is missing", async () => {
    const answer = await gateway.client.call("/downstream/profile/me", { method: "HEAD" });
    expect([answer.status, answer.body.length]).toEqual([401, 0]);
    expect(answer.headers["www-authenticate"]).toMatch(/^Bearer realm="", authorization_uri="https:/);
  });

  it("keeps what stands in its header values beyond ASCII, percent-encoded: the host would refuse it", async () => {
    const utf8 = Buffer.from("Zoë €").toString("latin1");
    gateway.azure.profile.faults.failing(418, { "x-name": utf8, "x-plain": "100% plain" }, { requests: 1 });
    const answer = await gateway.client.call("/downstream/profile/me", { token });
    expect([answer.status, answer.headers["x-name"]]).toEqual([418, "Zo%C3%AB %E2%82%AC"]);
    expect(answer.headers["x-plain"]).toBe("100% plain");
  });
});

describe("a request body that nobody reads", () => {
  const body = randomBytes(UNREAD_BYTES);

  it.each([
    ["with a length", () => body],
    ["in chunks", () => Readable.from([body.subarray(0, 100_000), body.subarray(100_000)], { objectMode: false })],
  ])("does not hold up the answer: %s", async (_, send) => {
    const early = await gateway.client.call("/downstream/profile/status/409", { method: "POST", token, body: send() });
    expect([early.status, early.json().method]).toEqual([409, "POST"]);
    const refused = await gateway.client.call("/downstream/profile/upload", { method: "POST", body: send() });
    expect([refused.status, refused.json().code]).toEqual([401, "token_missing"]);
    const unknown = await gateway.client.call("/downstream/unknown", { method: "PUT", token, body: send() });
    expect([unknown.status, unknown.json().code]).toEqual([404, "downstream_api_unknown"]);
  });
});
