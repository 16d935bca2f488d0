import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { Secret } from "../secret.ts";

/** How long a verdict is believed: a user disabled, or a key withdrawn, is noticed within this time. */
const TRUSTED_MS = 300_000;
/** Claims are about as large as the token they come from, and objects take more room than text. */
const BYTES_PER_CHARACTER = 4;

interface Verdict<T> {
  readonly verdict: T;
  readonly sinceMs: number;
  readonly untilMs: number;
}

export interface CachedValidatorOptions {
  readonly maxBytes: number;
  readonly now: Clock;
}

/**
 * Remembers which tokens were found valid, so that a signature is not checked again for every call. Refusals are never
 * remembered. Tokens are remembered by their SHA-256.
 */
export function cachedValidator<T extends { readonly expiresOnMs: number }>(
  validate: (token: Secret) => Promise<T>,
  { maxBytes, now }: CachedValidatorOptions,
): (token: Secret) => Promise<T> {
  const verdicts = new LRUCache<string, Verdict<T>>({ maxSize: maxBytes });
  return async (token) => {
    const key = token.sha256;
    const nowMs = now();
    const known = verdicts.get(key);
    // A time before the verdict means that the clock was set back: then nobody knows how old it is.
    if (known !== undefined && nowMs < known.untilMs && nowMs >= known.sinceMs) return known.verdict;
    verdicts.delete(key);
    const verdict = await validate(token);
    const untilMs = Math.min(verdict.expiresOnMs, nowMs + TRUSTED_MS);
    const size = token.reveal().length * BYTES_PER_CHARACTER + key.length;
    if (nowMs < untilMs) verdicts.set(key, { verdict, sinceMs: nowMs, untilMs }, { size });
    return verdict;
  };
}
