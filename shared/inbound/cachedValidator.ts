import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { Secret } from "../secret.ts";

/** How long a verdict is believed: a user disabled, or a key withdrawn, is noticed within this time. */
const TRUSTED_MS = 300_000;
/** Claims are about as large as the token they come from, and objects take more room than text. */
const BYTES_PER_CHARACTER = 4;

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
  const verdicts = new LRUCache<string, { readonly verdict: T; readonly untilMs: number }>({ maxSize: maxBytes });
  return async (token) => {
    const text = token.reveal();
    const key = createHash("sha256").update(text).digest("base64url");
    const known = verdicts.get(key);
    if (known !== undefined && now() < known.untilMs) return known.verdict;
    verdicts.delete(key);
    const verdict = await validate(token);
    const untilMs = Math.min(verdict.expiresOnMs, now() + TRUSTED_MS);
    verdicts.set(key, { verdict, untilMs }, { size: text.length * BYTES_PER_CHARACTER + key.length });
    return verdict;
  };
}
