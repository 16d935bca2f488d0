import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tokenA } from "../../../packages/local-azure/test/entra/support/requests.ts";
import { useWorld } from "../../../packages/local-azure/test/entra/support/world.ts";
import { ExchangeFailedError, ThrottledError } from "../../../shared/errors/errors.ts";
import type { ScriptedEntra } from "./support/scriptedEntra.ts";
import { startScriptedEntra } from "./support/scriptedEntra.ts";

describe("a token endpoint that nobody would expect", () => {
  const world = useWorld();
  let entra: ScriptedEntra;
  let assertion: string;
  beforeAll(async () => {
    entra = await startScriptedEntra();
    assertion = await tokenA(world);
  });
  afterAll(() => entra.close());

  const token = { token_type: "Bearer", expires_in: 3_600, access_token: "token-b" };

  it("answers with a token: what it holds and for how long", async () => {
    entra.answer = { status: 200, body: token };
    const beforeS = Math.floor(Date.now() / 1_000);
    const accessToken = await entra.gateway().accessToken(assertion, ["any"]);
    expect(accessToken.token.reveal()).toBe("token-b");
    expect(accessToken.expiresOnMs).toBeGreaterThanOrEqual((beforeS + 3_600) * 1_000);
    expect(JSON.stringify(accessToken)).not.toContain("token-b");
  });

  it("answers with the assertion itself", async () => {
    entra.answer = { status: 200, body: { ...token, access_token: assertion } };
    const error = await entra.gateway().failure(assertion, ["any"]);
    expect(error).toBeInstanceOf(ExchangeFailedError);
    expect(error.diagnosis).toBe("The token endpoint answered with the assertion itself.");
    expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.toContain(assertion);
  });

  it("answers with a token that expires before it could be used", async () => {
    entra.answer = { status: 200, body: token };
    const late = entra.gateway({ now: () => Date.now() + 2 * 3_600_000 });
    const error = await late.failure(assertion, ["any"]);
    expect(error).toBeInstanceOf(ExchangeFailedError);
    expect(error.diagnosis).toBe("The token endpoint answered with a token that is not valid now.");
  });

  it.each([
    ["an expired token", { ...token, expires_in: 0 }, "expires_in"],
    ["a token that expired long ago", { ...token, expires_in: -60 }, "expires_in"],
    ["a lifetime that is no number", { ...token, expires_in: "soon" }, "expires_in"],
    ["an empty token", { ...token, access_token: "" }, "access_token"],
    ["a token that no header can carry", { ...token, access_token: "token-b\r\nX-Other: 1" }, "access_token"],
    ["a token in quotation marks", { ...token, access_token: '"token-b"' }, "access_token"],
    ["a token that is no text", { ...token, access_token: 42 }, "access_token"],
    ["a token of another kind", { ...token, token_type: "pop" }, "token_type"],
    ["a list", [token], "the whole"],
    ["null", "null", "the whole"],
  ])("answers 200 with %s", async (_what, body, wrong) => {
    entra.answer = { status: 200, body };
    const error = await entra.gateway().failure(assertion, ["any"]);
    expect(error).toBeInstanceOf(ExchangeFailedError);
    expect(error.diagnosis).toBe(`The identity provider answered HTTP 200 with members missing or wrong: ${wrong}.`);
  });

  it("answers with a token, but not with 200", async () => {
    entra.answer = { status: 201, body: token };
    const error = await entra.gateway().failure(assertion, ["any"]);
    expect(error).toBeInstanceOf(ExchangeFailedError);
    expect(`${error.message} ${error.diagnosis}`).not.toContain("token-b");
  });

  it("redirects, and is not followed", async () => {
    entra.answer = { status: 307, headers: { location: "https://localhost:1/" }, body: "" };
    const error = await entra.gateway().failure(assertion, ["any"]);
    expect(error).toBeInstanceOf(ExchangeFailedError);
    expect(error.diagnosis).toContain("HTTP 307");
  });

  it.each([
    ["a date", new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 90_000).toUTCString(), 80, 91],
    ["a date that is past", "Thu, 01 Jan 2015 00:00:00 GMT", 1, 1],
    ["nonsense", "in a while", 30, 30],
  ])("throttles until %s", async (_what, header, atLeast, atMost) => {
    entra.answer = { status: 429, headers: { "retry-after": header }, body: "" };
    const error = await entra.gateway().failure(assertion, ["any"]);
    expect(error).toBeInstanceOf(ThrottledError);
    expect(error.members.retryAfter).toBeGreaterThanOrEqual(atLeast);
    expect(error.members.retryAfter).toBeLessThanOrEqual(atMost);
  });

  it("answers an error with members of other forms: the error is what counts", async () => {
    const body = { error: "interaction_required", error_codes: ["50076"], suberror: null, trace_id: 7, claims: {} };
    entra.answer = { status: 400, body };
    const error = await entra.gateway().failure(assertion, ["any"]);
    expect(error).toMatchObject({ code: "interaction_required", members: { errorCodes: [] } });
  });

  it("is told the correlation id where its front end logs it", async () => {
    entra.answer = { status: 200, body: token };
    await entra.gateway().accessToken(assertion, ["any"]);
    expect(entra.last?.headers).toMatchObject({
      "client-request-id": "6f0c8c1e-8a2b-4a63-b2bb-5c3c5c7c3b5d",
      "return-client-request-id": "true",
    });
  });

  it("gets the request of the flow", async () => {
    entra.answer = { status: 200, body: token };
    await entra.gateway().accessToken(assertion, ["api://one/.default"]);
    const form = Object.fromEntries(entra.last?.form ?? []);
    expect(form).toMatchObject({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      requested_token_use: "on_behalf_of",
      client_secret: "hunter2",
      assertion,
    });
    expect(form.scope?.split(" ")).toContain("api://one/.default");
  });
});
