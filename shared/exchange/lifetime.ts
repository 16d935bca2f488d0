import type { AccessToken } from "./accessToken.ts";

/** Before it expires a token may no longer be handed out: it has to live through the call, and clocks differ. */
const MARGIN_MS = 120_000;
/** In the last fifth of its use a token is renewed in the background. */
const RENEWAL_SHARE = 0.2;

/** Until when a cached token B may be used, and from when on it is worth renewing. */
export interface Lifetime {
  readonly usableUntilMs: number;
  readonly renewFromMs: number;
}

/**
 * Two minutes before token B expires, or after half its life where that is shorter; and never past token A: nobody
 * may be served longer than the sign-in that the token stands for.
 */
export function lifetimeOf(token: AccessToken, assertionExpiresOnMs: number, nowMs: number): Lifetime {
  const lifeMs = token.expiresOnMs - nowMs;
  const usableUntilMs = Math.min(token.expiresOnMs - Math.min(MARGIN_MS, lifeMs / 2), assertionExpiresOnMs);
  return { usableUntilMs, renewFromMs: usableUntilMs - RENEWAL_SHARE * (usableUntilMs - nowMs) };
}
