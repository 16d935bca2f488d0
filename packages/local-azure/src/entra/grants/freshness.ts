import type { ClaimsRequest } from "../claimsRequest.ts";
import type { Context } from "../context.ts";
import { Refusal } from "../errors.ts";

/**
 * A claims challenge of Continuous Access Evaluation asks, with an essential `nbf`, for a token issued after an event (a
 * password change, a move to another network). Token B is always new; whether the user must sign in again, too, depends on the
 * event, which only the directory's settings know.
 * @throws Refusal 50173 as interaction_required, with the claims to sign in with.
 */
export function enforceFreshness({ directory, now }: Context, { notBeforeS }: ClaimsRequest, signedInMs: number): void {
  if (notBeforeS === undefined) return;
  const isFuture = notBeforeS * 1000 > now();
  const isStale = directory.settings.freshnessChallenge === "interaction" && signedInMs < notBeforeS * 1000;
  if (!isFuture && !isStale) return;
  throw new Refusal(50173, "The provided grant has expired due to it being revoked, a fresh auth token is needed.", {
    error: "interaction_required",
    claims: JSON.stringify({ access_token: { nbf: { essential: true, value: String(notBeforeS) } } }),
  });
}
