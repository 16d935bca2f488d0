import type { CryptoKey, FlattenedJWSInput, JWK, JWSHeaderParameters } from "jose";
import { createRemoteJWKSet, customFetch, errors } from "jose";
import type { Clock } from "../clock.ts";
import { IdentityProviderUnavailableError } from "../errors/identityProviderUnavailableError.ts";
import type { HttpClient } from "../http/httpClient.ts";

const FRESH_MS = 3_600_000;
/** An unknown `kid` may ask for the keys anew, but not more often than this: random kids must not become a storm. */
const COOLDOWN_MS = 30_000;
/** While the endpoint is down, keys it gave this long ago are still believed. Entra ID announces new keys well ahead. */
const STALE_MS = 86_400_000;
const RETRY_AFTER_S = 10;

export interface SigningKeysOptions {
  readonly url: string;
  readonly http: HttpClient;
  readonly now: Clock;
  /** Called when old keys are served because the endpoint fails. */
  readonly onStale: (error: unknown, ageMs: number) => void;
}

/** The keys that a tenant's tokens are signed with, by jose's JWKS client; ours is what happens while the endpoint is down. */
export class SigningKeys {
  readonly #options: SigningKeysOptions;
  readonly #remote: ReturnType<typeof createRemoteJWKSet>;
  #lastGood: { readonly body: string; readonly atMs: number } | undefined;

  constructor(options: SigningKeysOptions) {
    this.#options = options;
    this.#remote = createRemoteJWKSet(new URL(options.url), {
      cooldownDuration: COOLDOWN_MS,
      cacheMaxAge: FRESH_MS,
      [customFetch]: () => this.#fetch(),
    });
  }

  /**
   * The key for a token's header. Keys that the JWKS reserves for another issuer do not count: one tenant's keys must
   * not sign for another (Microsoft, "Secure applications by validating claims", signing key issuer).
   * @throws IdentityProviderUnavailableError when no keys are to be had; jose's JWKSNoMatchingKey for an unknown `kid`.
   */
  async keyFor(
    header: JWSHeaderParameters,
    token: FlattenedJWSInput,
    issuer: string,
    tenantId: string,
  ): Promise<CryptoKey> {
    const key = await this.#guard(() => this.#remote(header, token));
    const reserved = this.#remote.jwks()?.keys.find((jwk) => jwk.kid === header.kid);
    if (reserved !== undefined && !signsFor(reserved, issuer, tenantId)) throw new errors.JWKSNoMatchingKey();
    return key;
  }

  /** Resolves when keys are at hand, fetching them if need be. */
  async ready(): Promise<void> {
    if (!this.#remote.fresh) await this.#guard(() => this.#remote.reload());
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (
        error instanceof errors.JOSEError &&
        !(error instanceof errors.JWKSInvalid || error instanceof errors.JWKSTimeout)
      )
        throw error;
      const diagnosis = `The signing keys at ${this.#options.url} could not be read: ${error instanceof Error ? error.message : String(error)}`;
      throw new IdentityProviderUnavailableError({ retryAfter: RETRY_AFTER_S }, diagnosis, error);
    }
  }

  async #fetch(): Promise<Response> {
    const { url, http, now, onStale } = this.#options;
    try {
      const { status, body } = await http({ method: "GET", url });
      if (status !== 200 || !holdsKeys(body)) throw new Error(`HTTP ${status} without a key set`);
      this.#lastGood = { body, atMs: now() };
      return new Response(body);
    } catch (error) {
      const ageMs = this.#lastGood === undefined ? Number.POSITIVE_INFINITY : now() - this.#lastGood.atMs;
      if (this.#lastGood === undefined || ageMs > STALE_MS) throw error;
      onStale(error, ageMs);
      return new Response(this.#lastGood.body);
    }
  }
}

function holdsKeys(body: string): boolean {
  try {
    const { keys } = JSON.parse(body) as { keys?: unknown };
    return Array.isArray(keys) && keys.length > 0;
  } catch {
    return false; // Not JSON: the caller reports it with the status.
  }
}

function signsFor(key: JWK & { issuer?: unknown }, issuer: string, tenantId: string): boolean {
  return typeof key.issuer !== "string" || key.issuer.replace("{tenantid}", tenantId) === issuer;
}
