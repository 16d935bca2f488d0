import assert from "node:assert/strict";
import fc from "fast-check";
import { headerReader } from "../../../functions/http/httpCall.ts";
import { requestHeaders, responseHeaders } from "../../../shared/downstream/headers.ts";
import { GatewayError } from "../../../shared/errors/errors.ts";
import { bearerToken, demandB64Token } from "../../../shared/inbound/tokenVerifier.ts";
import { Secret } from "../../../shared/secret.ts";
import { correlationId } from "../../../shared/telemetry/correlation.ts";
import { apiSettings } from "../../shared/downstream/support/apiSettings.ts";
import { credentials } from "../generate/credentials.ts";
import { downstreamAnswers } from "../generate/downstreamAnswers.ts";
import { headerLines } from "../generate/headers.ts";
import { isForbidden } from "../oracle/forbiddenHeaders.ts";
import { coreProperty } from "./coreProperty.ts";

const TOKEN_B = "token-b";
const API_KEY = "the-settings-own";
const ONCE = ["authorization", "x-correlation-id", "client-request-id", "traceparent", "x-api-key"];

/** As node:http gives them: names and values in turn. Lines without a colon are no fields. */
const rawHeaders: fc.Arbitrary<string[]> = fc
  .tuple(
    headerLines,
    fc.subarray(["x-harmless-1", "x-api-key", "Authorization", "x-correlation-id", "te", "", "close"]),
  )
  .map(([lines, nominated]) => [
    ...lines
      .filter((line) => line.indexOf(":") > 0)
      .flatMap((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
    ...(nominated.length === 0 ? [] : ["connection", nominated.join(" , ")]),
  ]);

export const callHeaders = coreProperty("requestHeaders", 15, rawHeaders, (raw) => {
  const extraHeaders = [{ name: "x-api-key", value: new Secret(API_KEY) }];
  const options = { token: new Secret(TOKEN_B), correlationId: "id", extraHeaders, passRequestHeaders: [] };
  const out = pairs(requestHeaders(raw, options));
  const nominated = pairs(raw)
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.split(",").map((name) => name.trim().toLowerCase()));
  for (const [name] of out) {
    const lower = name.toLowerCase();
    assert.ok(!isForbidden(name) && lower !== "host" && lower !== "connection" && lower !== "transfer-encoding", name);
    if (!ONCE.includes(lower) && lower !== "content-length")
      assert.ok(!nominated.includes(lower), `${name} was nominated`);
  }
  const values = (name: string): string[] =>
    out.filter(([given]) => given.toLowerCase() === name).map(([, value]) => value);
  for (const name of ONCE) assert.equal(values(name).length, 1, name);
  assert.deepEqual(values("authorization"), [`Bearer ${TOKEN_B}`]);
  assert.deepEqual(values("x-api-key"), [API_KEY]);
  assert.deepEqual(values("x-correlation-id"), ["id"]);
});

export const answerHeaders = coreProperty(
  "responseHeaders",
  6,
  fc.tuple(downstreamAnswers, rawHeaders),
  ([plan, raw]) => {
    const api = apiSettings({ origin: "https://api.example", basePath: "/v1" });
    const flat = [...plan.fields.flat(), ...raw];
    const dropped =
      /^(?:set-cookie2?|server|via|keep-alive|proxy-authenticate|upgrade|trailer|te|connection|transfer-encoding|x-powered-by)$/;
    for (const [name] of responseHeaders(flat, api, { path: "/v1/me", rest: "/me" }))
      assert.doesNotMatch(name, dropped);
  },
);

export const readHeaders = coreProperty("headerReader", 8, rawHeaders, (raw) => {
  const read = headerReader(raw);
  for (const name of [...pairs(raw).map(([given]) => given), "__proto__", "constructor", "authorization"]) {
    const values = pairs(raw)
      .filter(([given]) => given.toLowerCase() === name.toLowerCase())
      .map(([, value]) => value);
    assert.equal(read(name), values.length === 0 ? undefined : values.join(", "));
  }
});

export const bearer = coreProperty(
  "bearerToken",
  8,
  fc.oneof(
    credentials.map(({ user }) =>
      user.forms.join(", ").replace("{}", user.token.kind === "text" ? user.token.text : "a.b.c"),
    ),
    fc.string(),
    fc.constant(undefined),
  ),
  (value) => {
    try {
      const secret = bearerToken(value);
      demandB64Token(secret);
      const token = secret.reveal();
      assert.match(value ?? "", /^bearer +[\w.~+/-]+=*$/i);
      assert.ok(token.length > 0 && value?.endsWith(token));
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
    }
  },
);

export const correlation = coreProperty("correlationId", 6, rawHeaders, (raw) => {
  assert.match(correlationId(headerReader(raw)), /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
});

function pairs(raw: readonly string[]): [name: string, value: string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? "", raw[2 * index + 1] ?? ""]);
}
