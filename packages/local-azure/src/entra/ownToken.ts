import { type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";
import type { Context } from "./context.ts";
import { Refusal } from "./errors.ts";

/**
 * Verifies a token that this Entra ID issued: RS256, a published key, not expired.
 * @throws Refusal 50013 for a key that is not published; the errors of jose for all else.
 */
export async function verifyOwnToken(context: Context, token: string, options: JWTVerifyOptions): Promise<JWTPayload> {
  const keyOf = ({ kid }: { kid?: string }) => {
    const key = context.keys.find(kid);
    if (key !== undefined) return key.publicKey;
    throw invalidAssertion(`The key was not found., Thumbprint of key used by client: '${kid ?? ""}'`);
  };
  const { payload } = await jwtVerify(token, keyOf, {
    requiredClaims: ["exp"],
    ...options,
    algorithms: ["RS256"],
    currentDate: new Date(context.now()),
  });
  return payload;
}

export function invalidAssertion(reason: string): Refusal {
  return new Refusal(50013, `Assertion failed signature validation. [Reason - ${reason}].`);
}
