import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { demandedClaims } from "../../../shared/downstream/challenge.ts";
import { challengesOf } from "../../../shared/net/headerFields.ts";

const CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}';
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const demanded = (...fields: string[]) => demandedClaims(challengesOf(fields));
const challenge = (claims: string): string => `Bearer realm="", error="insufficient_claims", claims="${claims}"`;

describe("demandedClaims", () => {
  it.each([
    ["alone", [challenge(base64(CLAIMS))]],
    ["in another field than others", ['Basic realm="x"', challenge(base64(CLAIMS))]],
    ["after others in one field", [`Basic realm="x", Bearer error=invalid_token, ${challenge(base64(CLAIMS))}`]],
    ["after one that is junk", [challenge("junk"), challenge(base64(CLAIMS))]],
    ["unquoted, in other letters", [`BEARER ERROR=insufficient_claims, Claims=${base64(CLAIMS).replace(/=+$/, "")}`]],
  ])("reads the claims of a challenge %s", (_, fields) => expect(demanded(...fields)).toBe(CLAIMS));

  it("reads base64 in both alphabets, padded and not", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (value) => {
        const claims = JSON.stringify({ access_token: { acrs: { essential: true, value } } });
        const text = base64(claims);
        const url = Buffer.from(claims).toString("base64url");
        const padding = "=".repeat((4 - (url.length % 4)) % 4);
        for (const each of [text, text.replace(/=+$/, ""), url, url + padding])
          expect(demanded(challenge(each))).toBe(claims);
      }),
    );
  });

  it.each([
    ["another error", `Bearer error="invalid_token", claims="${base64(CLAIMS)}"`],
    ["no error", `Bearer claims="${base64(CLAIMS)}"`],
    ["another scheme", `PoP error="insufficient_claims", claims="${base64(CLAIMS)}"`],
    ["no claims", 'Bearer error="insufficient_claims"'],
    ["empty claims", challenge("")],
    ["what is no base64", challenge("e!J9")],
    ["both alphabets at once", challenge("-+__")],
    ["too much padding", challenge("e30===")],
    ["padding in the wrong place", challenge("e30a=")],
    ["a digit too many", challenge("e30ae")],
    ["octets that are no UTF-8", challenge(Buffer.from([0x22, 0xff, 0x22]).toString("base64"))],
    ["what is no JSON", challenge(base64("{"))],
    ["a list", challenge(base64("[]"))],
    ["null", challenge(base64("null"))],
    ["nothing of the access token", challenge(base64('{"id_token":{"a":null}}'))],
    ["an access token that is no object", challenge(base64('{"access_token":[1]}'))],
    ["an access token without claims", challenge(base64('{"access_token":{}}'))],
    ["more than 8 KiB", challenge(base64(JSON.stringify({ access_token: { a: "a".repeat(8_192) } })))],
    ["the same twice in one challenge", `${challenge(base64(CLAIMS))}, claims="${base64(CLAIMS)}"`],
  ])("is none with %s", (_, field) => expect(demanded(field)).toBeUndefined());

  it("never throws", () => {
    fc.assert(
      fc.property(fc.base64String(), fc.string(), (one, other) => void demanded(challenge(one), challenge(other))),
    );
  });
});
