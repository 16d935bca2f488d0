import { describe, expect, it } from "vitest";
import { headerReader } from "../../../functions/http/httpCall.ts";
import { InvalidRequestError, TokenMissingError } from "../../../shared/errors/errors.ts";
import { bearerToken, demandB64Token } from "../../../shared/inbound/tokenVerifier.ts";

/** As the validators do it. */
function tokenOf(header: string | undefined): string {
  const token = bearerToken(header);
  demandB64Token(token);
  return token.reveal();
}

const MALFORMED = "The Authorization header is not one Bearer token.";

describe("the bearer token", () => {
  it.each(["Bearer abc.def-ghi_~+/==", "bearer abc.def-ghi_~+/==", "BEARER   abc.def-ghi_~+/=="])("of %j", (header) => {
    expect(tokenOf(header)).toBe("abc.def-ghi_~+/==");
  });

  it.each([undefined, "", "Basic dXNlcjpwYXNz", "Bearerabc", "Negotiate", "abc.def.ghi", "PoP abc"])(
    "is missing in %j: a challenge without an error code",
    (header) => {
      const missing = (): unknown => bearerToken(header);
      expect(missing).toThrow(TokenMissingError);
      expect(missing).toThrow(
        expect.objectContaining({
          code: "token_missing",
          challenge: {},
          message: "Send the user's access token for this API: Authorization: Bearer <token>.",
        }),
      );
    },
  );

  it.each([
    "Bearer",
    "Bearer ",
    "Bearer a b",
    "Bearer a,b",
    "Bearer a, Bearer b",
    'Bearer "a"',
    "Bearer a=b",
    "Bearer \u00e9",
    "Bearer a\n",
  ])("is malformed in %j", (header) => {
    const malformed = (): unknown => tokenOf(header);
    expect(malformed).toThrow(InvalidRequestError);
    expect(malformed).toThrow(
      expect.objectContaining({
        code: "invalid_request",
        message: MALFORMED,
        challenge: { error: "invalid_request", errorDescription: MALFORMED },
      }),
    );
  });

  it("is refused where two Authorization fields were sent, not chosen among them", () => {
    const header = headerReader(["Authorization", "Bearer first", "authorization", "Bearer second"]);
    expect(() => tokenOf(header("Authorization"))).toThrow(InvalidRequestError);
  });

  it("does not show in the message of a malformed header", () => {
    expect(() => tokenOf("Bearer secret-part another")).toThrow(expect.not.stringContaining("secret-part"));
  });
});
