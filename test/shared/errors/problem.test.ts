import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../../../shared/errors/catalogue.ts";
import {
  ConsentRequiredError,
  InteractionRequiredError,
  InternalError,
  MethodNotAllowedError,
  ThrottledError,
  TokenExpiredError,
} from "../../../shared/errors/errors.ts";
import { problemResponse } from "../../../shared/errors/problem.ts";
import { CAUSE, DIAGNOSIS, EVERY_ERROR } from "./everyError.ts";

const ID = "a-correlation-id";
const REALM = { authorizationUri: "https://login.example/authorize", clientId: "the-client-id" };
const PAGE = "https://github.com/obo-gateway/obo-gateway/blob/main/docs/errors.md";

describe("a failure over HTTP", () => {
  it.each(EVERY_ERROR)("is a problem (RFC 9457): $code", (error) => {
    const { status, headers, body } = problemResponse(error, ID, REALM);
    const { title } = CATALOGUE[error.code];
    expect(status).toBe(CATALOGUE[error.code].status);
    expect(JSON.parse(body)).toEqual({
      ...error.members,
      type: `${PAGE}#${error.code}`,
      title,
      status,
      detail: error.message,
      code: error.code,
      correlationId: ID,
    });
    const names = headers.map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(headers).toContainEqual(["content-type", "application/problem+json"]);
    expect(headers).toContainEqual(["cache-control", "no-store"]);
    expect(names.includes("www-authenticate")).toBe(error.challenge !== undefined);
    expect(names.includes("retry-after")).toBe(error.members.retryAfter !== undefined);
  });

  it.each(EVERY_ERROR)("keeps what is for the operator to itself: $code", (error) => {
    const whole = JSON.stringify(problemResponse(error, ID, REALM));
    expect(whole).not.toContain(DIAGNOSIS);
    expect(whole).not.toContain(CAUSE.message);
    expect(whole).not.toContain("stack");
    if (error.diagnosis !== undefined) expect(whole).not.toContain(error.diagnosis);
  });

  it("says when to come back, in the header and in the body", () => {
    const { headers, body } = problemResponse(new ThrottledError({ retryAfter: 17 }, DIAGNOSIS), ID, REALM);
    expect(headers).toContainEqual(["retry-after", "17"]);
    expect(JSON.parse(body)).toMatchObject({ retryAfter: 17, detail: expect.stringContaining("17 s") });
  });

  it("says which verbs are allowed, with a 405 (RFC 9110, 15.5.6)", () => {
    const { status, headers } = problemResponse(new MethodNotAllowedError("graph", ["GET", "HEAD"]), ID, REALM);
    expect([status, headers]).toEqual([405, expect.arrayContaining([["allow", "GET, HEAD"]])]);
  });

  it("says with which claims to sign in: as JSON text in the body, in base64 in the challenge", () => {
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';
    const { headers, body } = problemResponse(new InteractionRequiredError({ claims }), ID, REALM);
    expect(JSON.parse(body)).toMatchObject({ claims });
    const challenge = `error="insufficient_claims", claims="${Buffer.from(claims).toString("base64")}"`;
    expect(headers).toContainEqual(["www-authenticate", expect.stringContaining(challenge)]);
  });

  it("says what consent is missing and where to give it, in the challenge as Microsoft.Identity.Web does", () => {
    const scopes = ["https://graph.microsoft.com/User.Read", "https://graph.microsoft.com/Mail.Send"];
    const consentUri = "https://login.example/t/v2.0/adminconsent?client_id=1&scope=a+b";
    const error = new ConsentRequiredError(scopes, consentUri, { errorCodes: [65001] }, DIAGNOSIS);
    const { status, headers, body } = problemResponse(error, ID, REALM);
    expect([status, JSON.parse(body)]).toEqual([403, expect.objectContaining({ scopes, consentUri })]);
    expect(Object.fromEntries(headers)["www-authenticate"]).toBe(
      'Bearer realm="", authorization_uri="https://login.example/authorize", client_id="the-client-id", ' +
        `error="insufficient_scope", scope="${scopes.join(" ")}", consentUri="${consentUri}", proposedAction="consent"`,
    );
  });

  it("asks for a new token where interaction is required without claims", () => {
    const error = new InteractionRequiredError({ errorCodes: [50173] });
    expect(error.challenge).toEqual({ error: "invalid_token", errorDescription: error.message });
    expect(error.message).toBe("The user must sign in again before this downstream API can be called.");
  });

  it("names no sign-in page while the settings that would say it are wrong", () => {
    const { headers } = problemResponse(new TokenExpiredError(), ID, undefined);
    expect(headers).toContainEqual([
      "www-authenticate",
      'Bearer realm="", error="invalid_token", error_description="The access token expired. Get a new one and try again."',
    ]);
  });

  it("tells nothing of the unexpected", () => {
    const { body } = problemResponse(new InternalError(new TypeError("secret detail")), ID, REALM);
    expect(body).not.toContain("secret detail");
    expect(JSON.parse(body)).toMatchObject({ code: "internal_error", correlationId: ID });
  });
});
