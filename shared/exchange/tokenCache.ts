import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { boundedMap } from "../boundedMap.ts";
import type { Clock } from "../clock.ts";
import type { DownstreamApiSettings } from "../config/settings.ts";
import type { ValidatedAssertion } from "../inbound/userTokenValidator.ts";
import type { Secret } from "../secret.ts";

/**
 * How long an entry counts as just used. Moving it to the front touches four others, which for many users are in no cache
 * of the processor: so that is done once in a while, not at every look-up.
 */
const JUST_USED_MS = 10_000;
/** What one entry costs beside its token: key, objects, and its place in the index (bench/memory measures it). */
const ENTRY_OVERHEAD_BYTES = 600;

export interface CachedToken extends Lifetime {
  readonly token: AccessToken;
}

/** One object, timestamps and all: with many users each further object is a place in memory that no cache holds. */
interface Entry extends CachedToken {
  /** When it was put here, or last moved to the front. */
  movedMs: number;
}

export interface MemoryCacheOptions {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly now: Clock;
}

/** Level 1: tokens in this process, the least recently used (to within ten seconds) leaving first. A look-up costs the same for any number. */
export class MemoryCache {
  readonly #entries: LRUCache<string, Entry>;
  readonly #maxEntries: number;
  readonly #now: Clock;

  constructor({ maxEntries, maxBytes, now }: MemoryCacheOptions) {
    this.#maxEntries = maxEntries;
    this.#now = now;
    this.#entries = new LRUCache({
      // Not `max`: that takes memory for so many entries, and ten milliseconds, before there is the first.
      maxSize: maxBytes,
      sizeCalculation: ({ token }) => ENTRY_OVERHEAD_BYTES + token.token.reveal().length + (token.claims?.length ?? 0),
    });
  }

  /** Undefined also for one that may no longer be used: expiry is checked at every look-up, by our own clock. */
  get(key: string): CachedToken | undefined {
    const entry = this.#entries.peek(key);
    if (entry === undefined) return undefined;
    const nowMs = this.#now();
    // Before a time that was: the clock was set back, and what it said about the end is worth nothing.
    if (nowMs >= entry.usableUntilMs || nowMs < entry.movedMs) {
      this.#entries.delete(key);
      return undefined;
    }
    if (nowMs - entry.movedMs >= JUST_USED_MS) {
      this.#entries.get(key);
      entry.movedMs = nowMs;
    }
    return entry;
  }

  set(key: string, { token, usableUntilMs, renewFromMs }: CachedToken): void {
    const nowMs = this.#now();
    if (nowMs >= usableUntilMs) return;
    this.#entries.set(key, { token, usableUntilMs, renewFromMs, movedMs: nowMs });
    if (this.#entries.size > this.#maxEntries) this.#entries.pop();
  }

  /** Puts an entry in the place of another, if that one (as `get` gave it) is still there. */
  replace(key: string, expected: CachedToken, cached: CachedToken): void {
    if (this.#entries.peek(key) === expected) this.set(key, cached);
  }

  /** Forgets a token, if the key still holds that one and not a newer. */
  deleteToken(key: string, token: AccessToken): void {
    if (this.#entries.peek(key)?.token.token.equals(token.token)) this.#entries.delete(key);
  }

  get entries(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }
}

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

/**
 * Level 2: tokens shared by all instances of the app. It never fails a call: what cannot be read is a miss, what cannot
 * be written is not there next time, and whoever implements it says so in the log and the metrics. Nothing here rejects.
 */
export interface SharedCache {
  get(key: string): Promise<CachedToken | undefined>;
  set(key: string, entry: CachedToken): Promise<void>;
  delete(key: string): Promise<void>;
}

const MAX_ENTRIES = 10_000;

/**
 * Tokens that a downstream API rejected, by their SHA-256. The shared cache may still hold one: it could not be reached
 * when the token was dropped, or another instance wrote it a moment later. It must not come back from there.
 */
export class RevokedTokens {
  readonly #digests = boundedMap<true>(MAX_ENTRIES);

  add({ token }: AccessToken): void {
    this.#digests.set(token.sha256, true);
  }

  has({ token }: AccessToken): boolean {
    return this.#digests.size > 0 && this.#digests.has(token.sha256);
  }
}

/** Token B: an access token to a downstream API, for one user, or of the app itself where the API's settings say so. */
export interface AccessToken {
  readonly token: Secret;
  readonly expiresOnMs: number;
  /** It waited in a cache: the downstream API may think otherwise of it by now. Absent: issued just now. */
  readonly cached?: true;
  /** The claims that it was obtained with, as JSON text: it is renewed with the same. */
  readonly claims?: string;
}

/**
 * The name under which a user's token B is cached: SHA-256 over everything that decides which token it is, each part
 * with its length before it, so that no two lists of parts run together. It reveals none of them. Token A takes part as
 * its own SHA-256, which is there already: it was computed to look up whether the token is valid. Claims are a part only
 * where there are some: none and empty ones are not the same. An app's own token is the same for all users of a tenant: in
 * token A's place stands what cannot begin a part.
 */
export function cacheKey(
  user: ValidatedAssertion,
  api: DownstreamApiSettings,
  clientId: string,
  claims: string | undefined,
): string {
  const scopes = api.scopes.toSorted().join(" ");
  const whose = api.requestAppToken ? APP : part(user.assertion.sha256);
  let parts = part(user.tenantId) + part(clientId) + whose + part(api.name) + part(scopes);
  if (claims !== undefined) parts += part(claims);
  return hash("sha256", parts, "base64url");
}

const APP = "app:";

function part(text: string): string {
  return `${text.length}:${text}`;
}
