import { describe, expect, it } from "vitest";
import type { ChallengeParameters } from "../../../shared/errors/challenge.ts";
import { bearerChallenge } from "../../../shared/errors/challenge.ts";

const REALM = { authorizationUri: "https://login.example/authorize", clientId: "the-client-id" };

/** Reads a challenge back as RFC 9110, 11.6.1 and 5.6.4 define it: whatever does not fit fails. */
function parsed(challenge: string): Record<string, string> {
  const parameter = /([a-zA-Z_]+)="((?:[^"\\]|\\.)*)"(?:, |$)/gy;
  const found: Record<string, string> = {};
  const text = challenge.slice("Bearer ".length);
  let end = 0;
  for (const match of text.matchAll(parameter)) {
    found[match[1] ?? ""] = (match[2] ?? "").replace(/\\(.)/g, "$1");
    end = match.index + match[0].length;
  }
  if (!challenge.startsWith("Bearer ") || end !== text.length) throw new Error(`not a challenge: ${challenge}`);
  return found;
}

const described = (errorDescription: string): string => bearerChallenge({ errorDescription }, undefined);

describe("a Bearer challenge", () => {
  it("names where to sign in, and nothing more when there was no token", () => {
    expect(bearerChallenge({}, REALM)).toBe(
      'Bearer realm="", authorization_uri="https://login.example/authorize", client_id="the-client-id"',
    );
  });

  it("does without a sign-in page while there is none", () => {
    expect(bearerChallenge({ error: "invalid_token" }, undefined)).toBe('Bearer realm="", error="invalid_token"');
  });

  it("carries all of its parameters, once each", () => {
    const all: ChallengeParameters = {
      error: "insufficient_scope",
      errorDescription: "Not enough.",
      scope: ["https://graph.microsoft.com/User.Read", "openid"],
      claims: "{}",
      consentUri: "https://login.example/consent?client_id=1&scope=a%20b",
    };
    expect(parsed(bearerChallenge(all, REALM))).toEqual({
      realm: "",
      authorization_uri: REALM.authorizationUri,
      client_id: REALM.clientId,
      error: "insufficient_scope",
      error_description: "Not enough.",
      scope: "https://graph.microsoft.com/User.Read openid",
      claims: "e30=",
      consentUri: "https://login.example/consent?client_id=1&scope=a%20b",
      proposedAction: "consent",
    });
  });

  it("holds claims in base64, whatever characters they have", () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1 \u00e9\u{1f511}"}}}';
    const given = parsed(bearerChallenge({ error: "insufficient_claims", claims }, REALM)).claims ?? "";
    expect(given).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(Buffer.from(given, "base64").toString("utf8")).toBe(claims);
  });

  it.each(['say "please"', "back\\slash", '\\"', '"', "\\", 'ends with \\"'])(
    "escapes %j so that it reads back",
    (text) => {
      expect(parsed(described(text)).error_description).toBe(text);
    },
  );

  it.each([
    ["a\r\nSet-Cookie: b=c", "a??Set-Cookie: b=c"],
    ["a\u0000b\tc\u007f", "a?b?c?"],
    ["caf\u00e9", "caf?"],
    ["\u2028", "?"],
    ['", error="none', '", error="none'],
  ])("lets nothing out of its field: %j", (text, safe) => {
    const challenge = described(text);
    expect(challenge).toMatch(/^[\x20-\x7e]*$/);
    expect(parsed(challenge)).toEqual({ realm: "", error_description: safe });
  });
});
