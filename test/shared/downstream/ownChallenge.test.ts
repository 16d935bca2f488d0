import { describe, expect, it } from "vitest";
import { ownChallenge } from "../../../shared/downstream/challenge.ts";
import { challengesOf } from "../../../shared/net/headerFields.ts";

const REALM = { authorizationUri: "https://login.example/t/authorize", clientId: "the-gateway" };
const START = 'Bearer realm="", authorization_uri="https://login.example/t/authorize", client_id="the-gateway"';
const CLAIMS = Buffer.from('{"access_token":{"acrs":{"essential":true,"value":"c1"}}}').toString("base64");

const told = (status: number, field: string, requestAppToken = false) =>
  ownChallenge({ status, challenges: challengesOf([field]), requestAppToken }, REALM);

describe("ownChallenge", () => {
  it.each([
    [
      "claims",
      `Bearer error="insufficient_claims", claims="${CLAIMS}"`,
      `, error="insufficient_claims", claims="${CLAIMS}"`,
    ],
    ["the kind of error", 'Bearer error="invalid_token"', ', error="invalid_token"'],
    ["scopes", 'Bearer error="insufficient_scope", scope="a b"', ', error="insufficient_scope", scope="a b"'],
    [
      "the first Bearer challenge of several",
      'Basic realm="x", Bearer error="invalid_request"',
      ', error="invalid_request"',
    ],
    [
      "claims before all",
      `Bearer error=invalid_token, Bearer error=insufficient_claims, claims="${CLAIMS}"`,
      `, error="insufficient_claims", claims="${CLAIMS}"`,
    ],
  ])("says again %s", (_, field, rest) => {
    expect(told(401, field)).toBe(START + rest);
    expect(told(403, field)).toBe(START + rest);
  });

  it.each([
    "",
    'Basic realm="inside.corp"',
    "Negotiate",
    'Bearer realm="inside.corp", authorization_uri="https://inside.corp/", client_id="x", resource_metadata="https://inside.corp/"',
    'Bearer error="made_up", error_description="at inside.corp", scope="bad\\"scope"',
    'Bearer error="insufficient_claims", claims="junk"',
    `Bearer scope="${"a".repeat(2_049)}"`,
    'Bearer error="',
  ])("of %j says nothing but that a 401 is one", (field) => expect(told(401, field)).toBe(START));

  it("says nothing to a 403 that challenges with another scheme, or not at all", () => {
    for (const field of ["", "Basic realm=x", 'Bearer error="']) expect(told(403, field)).toBeUndefined();
  });

  it("says nothing of an app's own token, about which no client can do anything", () => {
    const field = `Bearer error="insufficient_claims", claims="${CLAIMS}"`;
    expect(told(401, field, true)).toBe(START);
    expect(told(403, field, true)).toBeUndefined();
  });
});
