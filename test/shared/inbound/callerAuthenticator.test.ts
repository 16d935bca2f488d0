import { describe, expect, it, vi } from "vitest";
import { InvalidTokenError } from "../../../shared/errors/errors.ts";
import { ApimAuthenticator } from "../../../shared/inbound/apimAuthenticator.ts";
import { CallerAuthenticator } from "../../../shared/inbound/callerAuthenticator.ts";
import type { Secret } from "../../../shared/secret.ts";
import { userOf } from "../exchange/support/subjects.ts";
import { azureAd, TENANT } from "./support/assertions.ts";

const verified = { claims: {}, tenantId: "t", expiresOnMs: 1 };

/** Who is asked about which token, in order. */
function authenticator(withGateway: boolean, refusal?: Error) {
  const asked: string[] = [];
  const caller = new CallerAuthenticator(
    {
      validate: async (token: Secret) => {
        asked.push(`user ${token.reveal()}`);
        return userOf("alice");
      },
    },
    withGateway
      ? {
          authenticate: async (token: Secret) => {
            asked.push(`gateway ${token.reveal()}`);
            if (refusal !== undefined) throw refusal;
            return verified;
          },
        }
      : undefined,
  );
  const authenticate = (headers: Readonly<Record<string, string>>) => caller.authenticate((name) => headers[name]);
  return { asked, caller, authenticate };
}

describe("CallerAuthenticator", () => {
  it("without a gateway reads token A from Authorization, and from nowhere else", async () => {
    const { asked, caller, authenticate } = authenticator(false);
    expect(caller.demandsGateway).toBe(false);
    await authenticate({ authorization: "Bearer A", "x-forwarded-authorization": "Bearer forged" });
    expect(asked).toEqual(["user A"]);
    await expect(authenticate({ "x-forwarded-authorization": "Bearer forged" })).rejects.toMatchObject({
      code: "token_missing",
    });
  });

  it("with one authenticates it first, and then the user it forwards", async () => {
    const { asked, caller, authenticate } = authenticator(true);
    expect(caller.demandsGateway).toBe(true);
    await authenticate({ authorization: "Bearer G", "x-forwarded-authorization": "Bearer A" });
    expect(asked).toEqual(["gateway G", "user A"]);
    await expect(authenticate({ authorization: "Bearer G" })).rejects.toMatchObject({ code: "token_missing" });
  });

  it.each([undefined, "", "Basic x", "Bearerx"])(
    "a gateway that shows itself by %j is none, and the user is not looked at",
    async (authorization) => {
      const { asked, authenticate } = authenticator(true);
      const headers = {
        "x-forwarded-authorization": "Bearer A",
        ...(authorization === undefined ? {} : { authorization }),
      };
      await expect(authenticate(headers)).rejects.toMatchObject({ code: "gateway_authentication_required" });
      expect(asked).toEqual([]);
    },
  );

  it.each(["Bearer", "Bearer a b", "Bearer a, Bearer b", "Bearer é"])(
    "a gateway whose Authorization is %j is none, and no key is asked for",
    async (authorization) => {
      const keysOf = vi.fn();
      const gateway = new ApimAuthenticator(
        { authentication: "entra", allowedPrincipals: [], authorizationApis: [], tenantId: TENANT },
        { azureAd: azureAd(), keysOf, now: Date.now },
      );
      const validate = vi.fn();
      const caller = new CallerAuthenticator({ validate }, gateway);
      await expect(caller.authenticate(() => authorization)).rejects.toMatchObject({
        code: "gateway_authentication_required",
        diagnosis: "The token in Authorization is not the gateway's: The Authorization header is not one Bearer token.",
      });
      expect([keysOf.mock.calls, validate.mock.calls]).toEqual([[], []]);
    },
  );

  it("a gateway that is refused hands over nobody", async () => {
    const refusal = new InvalidTokenError("no");
    const { asked, authenticate } = authenticator(true, refusal);
    const headers = { authorization: "Bearer G", "x-forwarded-authorization": "Bearer A" };
    await expect(authenticate(headers)).rejects.toBe(refusal);
    expect(asked).toEqual(["gateway G"]);
  });
});
