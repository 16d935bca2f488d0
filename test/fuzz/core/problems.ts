import assert from "node:assert/strict";
import fc from "fast-check";
import type { ErrorCode } from "../../../shared/errors/catalogue.ts";
import { CATALOGUE } from "../../../shared/errors/catalogue.ts";
import type { ChallengeParameters } from "../../../shared/errors/challenge.ts";
import { bearerChallenge } from "../../../shared/errors/challenge.ts";
import { GatewayError } from "../../../shared/errors/errors.ts";
import { problemResponse } from "../../../shared/errors/problem.ts";
import { coreProperty } from "./coreProperty.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.constantFrom('"', "\\", "\r\nX: y", '", error="x', "\0"),
);
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const challenges: fc.Arbitrary<ChallengeParameters> = fc
  .record({
    errorDescription: optional(text),
    scope: optional(fc.array(text)),
    claims: optional(text),
    consentUri: optional(text),
  })
  .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));

export const challenge = coreProperty("bearerChallenge", 5, fc.tuple(challenges, text), ([given, uri]) => {
  const value = bearerChallenge(given, { authorizationUri: uri, clientId: "id" });
  const parameters = parsedChallenge(value);
  assert.equal(parameters.get("authorization_uri"), sendable(uri));
  assert.equal(parameters.get("error_description"), sendable(given.errorDescription));
  assert.equal(parameters.get("scope"), sendable(given.scope?.join(" ")));
  assert.equal(parameters.get("consentUri"), sendable(given.consentUri));
  assert.equal(parameters.get("proposedAction"), given.consentUri === undefined ? undefined : "consent");
  const claims = parameters.get("claims");
  assert.equal(
    claims === undefined ? undefined : Buffer.from(claims, "base64").toString(),
    given.claims?.toWellFormed(),
  );
});

class AnyError extends GatewayError {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, parameters: ChallengeParameters) {
    super(message, {
      challenge: parameters,
      members: { claims: message, scopes: [message] },
      cause: new Error("inner cause"),
    });
    this.code = code;
  }
}

const codes = fc.constantFrom(...(Object.keys(CATALOGUE) as ErrorCode[]));

export const problem = coreProperty(
  "problemResponse",
  5,
  fc.tuple(codes, text, challenges),
  ([code, message, given]) => {
    const { status, headers, body } = problemResponse(new AnyError(code, message, given), "correlation", undefined);
    const members = JSON.parse(body) as Record<string, unknown>;
    assert.equal(members.status, status);
    assert.equal(members.code, code);
    assert.equal(members.detail, message);
    assert.equal(members.correlationId, "correlation");
    assert.ok(String(members.type).endsWith(`#${code}`));
    assert.doesNotMatch(body, /inner cause|node:internal/);
    for (const [, value] of headers) assert.match(value, /^[\t\x20-\x7e]*$/);
  },
);

function sendable(value: string | undefined): string | undefined {
  return value?.replace(/[^\x20-\x7e]/g, "?");
}

/** RFC 9110, 11.6.1, read by hand. @throws Error for what is no challenge */
function parsedChallenge(value: string): Map<string, string> {
  const parameters = new Map<string, string>();
  let rest = value.replace(/^Bearer /, "");
  for (;;) {
    const match = /^([A-Za-z_]+)="((?:[\t\x20\x21\x23-\x5b\x5d-\x7e]|\\[\t\x20-\x7e])*)"(?:, |$)/.exec(rest);
    const [whole = "", name = "", quoted = ""] = match ?? [];
    assert.ok(match !== null, `no parameter: ${rest}`);
    assert.ok(!parameters.has(name), `${name} twice`);
    parameters.set(name, quoted.replace(/\\(.)/g, "$1"));
    rest = rest.slice(whole.length);
    if (rest === "") return parameters;
  }
}
