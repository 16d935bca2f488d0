import type { JWTPayload } from "jose";
import type { Context } from "./context.ts";
import { Refusal } from "./errors.ts";

/** Refuses a client assertion whose `jti` is missing or was seen before: for clients that promise to sign each request anew. */
export function refuseReplay({ seenAssertions, now }: Context, { iss, jti, exp }: JWTPayload): void {
  for (const [seen, untilMs] of seenAssertions) if (untilMs < now()) seenAssertions.delete(seen);
  const key = JSON.stringify([iss, jti]);
  if (jti === undefined || seenAssertions.has(key))
    throw new Refusal(50027, "JWT token is invalid or malformed: 'jti' is missing, or was presented before.", {
      error: "invalid_client",
      status: 401,
    });
  // An assertion may be used until five minutes (the clock tolerance) after it ends.
  seenAssertions.set(key, ((exp ?? 0) + 300) * 1000);
}
