import type { CryptoKey, FlattenedJWSInput, JSONWebKeySet, JWK, JWSHeaderParameters } from "jose";
import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors } from "jose";
import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { AzureAdSettings } from "../config/settings.ts";
import { IdentityProviderTimeoutError, IdentityProviderUnavailableError } from "../errors/errors.ts";
import type { HttpClient } from "../net/httpClient.ts";
import { HttpTimeoutError } from "../net/httpClient.ts";
import { isMultiTenant, keysUrl } from "./authority.ts";

const FRESH_MS = 3_600_000;
/** An unknown `kid` may ask for the keys anew, but not more often than this: random kids must not become a storm. */
const COOLDOWN_MS = 30_000;
/** While the endpoint is down, keys it gave at most this long ago are still believed. Entra ID announces new keys well ahead. */
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
  #lastGood: { readonly keySet: JSONWebKeySet; readonly atMs: number } | undefined;

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
   * @throws IdentityProviderUnavailableError when no keys are to be had, IdentityProviderTimeoutError when they do not
   *   come in time; jose's JWKSNoMatchingKey for an unknown `kid`.
   */
  async keyFor(
    header: JWSHeaderParameters,
    token: FlattenedJWSInput,
    issuer: string,
    tenantId: string,
  ): Promise<CryptoKey> {
    const key = await this.#guard(async () => {
      // To jose, old keys served in an outage look new: their true age is checked here.
      if (this.#ageMs() > STALE_MS) await this.#remote.reload();
      return this.#remote(header, token);
    });
    // For a token that names no key, jose takes the only one of a set: nothing would say whom that is reserved to.
    const named = this.#lastGood?.keySet.keys.filter((jwk) => jwk.kid === header.kid) ?? [];
    if (named.length === 0 || !named.every((jwk) => signsFor(jwk, issuer, tenantId)))
      throw new errors.JWKSNoMatchingKey();
    return key;
  }

  /** Resolves when keys are at hand, fetching them if need be. */
  async ready(): Promise<void> {
    if (!this.#remote.fresh || this.#ageMs() > STALE_MS) await this.#guard(() => this.#remote.reload());
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
      const what = `The signing keys at ${this.#options.url} could not be read: `;
      if (error instanceof HttpTimeoutError) throw new IdentityProviderTimeoutError(error.limitMs, what, error);
      const diagnosis = `${what}${error instanceof Error ? error.message : String(error)}`;
      throw new IdentityProviderUnavailableError({ retryAfter: RETRY_AFTER_S }, diagnosis, { cause: error });
    }
  }

  async #fetch(): Promise<Response> {
    const { url, http, now, onStale } = this.#options;
    try {
      const { status, body } = await http({ method: "GET", url });
      const keySet = status === 200 ? keySetOf(body) : undefined;
      if (keySet === undefined) throw new Error(`HTTP ${status} without a key set`);
      this.#lastGood = { keySet, atMs: now() };
      return Response.json(keySet);
    } catch (error) {
      const ageMs = this.#ageMs();
      if (this.#lastGood === undefined || ageMs > STALE_MS) throw error;
      onStale(error, ageMs);
      return Response.json(this.#lastGood.keySet);
    }
  }

  /** How long ago the endpoint gave the keys in use; below zero while it gave none. */
  #ageMs(): number {
    return this.#lastGood === undefined ? -1 : this.#options.now() - this.#lastGood.atMs;
  }
}

/** Undefined for what jose would not take either: it must not displace the keys that an outage is bridged with. */
function keySetOf(body: string): JSONWebKeySet | undefined {
  try {
    const keySet: JSONWebKeySet = JSON.parse(body);
    createLocalJWKSet(keySet);
    return keySet.keys.length > 0 ? keySet : undefined;
  } catch {
    return undefined; // The caller reports it with the status.
  }
}

function signsFor(key: JWK & { issuer?: unknown }, issuer: string, tenantId: string): boolean {
  return typeof key.issuer !== "string" || key.issuer.replace("{tenantid}", tenantId) === issuer;
}

const MAX_TENANTS = 100;

/**
 * Whose keys check a token of a tenant: its own where the settings name the tenant; for any organisation those of
 * `organizations`, which hold every tenant's. So a made-up `tid` never makes the gateway fetch anything.
 */
export function tenantKeys(
  azureAd: AzureAdSettings,
  options: Omit<SigningKeysOptions, "url">,
): (tenantId: string) => SigningKeys {
  const ofTenant = new LRUCache<string, SigningKeys>({ max: MAX_TENANTS });
  const anyOrganisation = isMultiTenant(azureAd) && azureAd.allowedTenants.length === 0;
  return (tenantId) => {
    const tenant = anyOrganisation ? azureAd.tenantId : tenantId;
    let keys = ofTenant.get(tenant);
    if (keys === undefined) {
      keys = new SigningKeys({ ...options, url: keysUrl(azureAd.instance, tenant) });
      ofTenant.set(tenant, keys);
    }
    return keys;
  };
}
