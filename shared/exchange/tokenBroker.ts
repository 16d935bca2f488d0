import type { Clock } from "../clock.ts";
import type { CredentialFailover } from "../credentials/credentialFailover.ts";
import type { Log } from "../telemetry/log.ts";
import { describeError } from "../telemetry/log.ts";
import type { TokenMetrics } from "../telemetry/tokenMetrics.ts";
import type { FailureSubject, NegativeCache } from "./negativeCache.ts";
import type { ExchangeRequest, OnBehalfOfExchange } from "./onBehalfOfExchange.ts";
import { SingleFlight } from "./singleFlight.ts";
import type { AccessToken, CachedToken, MemoryCache, SharedCache } from "./tokenCache.ts";
import { cacheKey, lifetimeOf, RevokedTokens } from "./tokenCache.ts";

/** After a renewal that failed, the next is tried no sooner: the token lasts, and Entra ID may be in trouble. */
const RENEWAL_PAUSE_MS = 30_000;

export interface TokenBrokerOptions {
  readonly clientId: string;
  readonly ring: Pick<CredentialFailover, "run">;
  readonly exchange: Pick<OnBehalfOfExchange, "exchange">;
  readonly memory: MemoryCache;
  /** Undefined: each instance has its own tokens only. */
  readonly shared: SharedCache | undefined;
  readonly failures: NegativeCache;
  readonly metrics: TokenMetrics;
  readonly log: Log;
  readonly now: Clock;
}

/** Whose token, for which API. */
export type TokenSubject = Pick<ExchangeRequest, "user" | "api">;

/**
 * Gets token B for a user and a downstream API: from this process, from the cache that all instances share, or by one
 * exchange for all who wait for it.
 */
export class TokenBroker {
  readonly #options: TokenBrokerOptions;
  readonly #flights = new SingleFlight<AccessToken>();
  readonly #rejected = new RevokedTokens();

  constructor(options: TokenBrokerOptions) {
    this.#options = options;
  }

  /** @throws a GatewayError; see docs/errors.md. */
  async accessToken(request: ExchangeRequest): Promise<AccessToken> {
    const { memory, metrics, now } = this.#options;
    const key = this.#key(request, request.claims);
    // Claims come from a challenge: no cached token can answer it.
    const cached = request.claims === undefined ? memory.get(key) : undefined;
    if (cached !== undefined) {
      metrics.hit("memory");
      if (now() >= cached.renewFromMs && !this.#flights.has(key)) this.#renew(key, request, cached);
      return cached.token;
    }
    const { result, shared } = this.#flights.run(key, (isCurrent) => this.#obtain(key, request, isCurrent));
    if (shared) metrics.coalesced();
    return result;
  }

  /**
   * Forgets a token that a downstream API rejected, in both levels; but not a newer one that took its place meanwhile.
   * It is never taken from the shared cache again, even where it cannot be deleted now.
   */
  async drop(subject: TokenSubject, rejected: AccessToken): Promise<void> {
    const { memory, shared } = this.#options;
    const key = this.#key(subject, undefined);
    this.#rejected.add(rejected);
    memory.deleteToken(key, rejected);
    const found = await shared?.get(key);
    if (found?.token.token.equals(rejected.token)) await shared?.delete(key);
  }

  /** As `drop`, and nobody waits for it: the next call gets another token, whether the shared cache answers or not. */
  forget(subject: TokenSubject, rejected: AccessToken): void {
    this.drop(subject, rejected).catch((error: unknown) =>
      this.#options.log.warning("drop_failed", { api: subject.api.name, error: describeError(error) }),
    );
  }

  /**
   * Another token in the place of one that a downstream API rejected, which is forgotten. With claims: one obtained with
   * just these, now, or a moment ago for another call that met the same challenge.
   * @throws a GatewayError; see docs/errors.md.
   */
  async replace(request: ExchangeRequest, rejected: AccessToken): Promise<AccessToken> {
    this.forget(request, rejected);
    const newer = this.#options.memory.get(this.#key(request, undefined))?.token;
    if (newer !== undefined && newer.claims === request.claims && !this.#rejected.has(newer)) return newer;
    return this.accessToken(request);
  }

  #key({ user, api }: TokenSubject, claims: string | undefined): string {
    return cacheKey(user, api, this.#options.clientId, claims);
  }

  async #obtain(key: string, request: ExchangeRequest, isCurrent: () => boolean): Promise<AccessToken> {
    const { memory, metrics } = this.#options;
    const found = request.claims === undefined ? await this.#fromShared(key) : undefined;
    if (found !== undefined) {
      metrics.hit("shared");
      if (isCurrent()) memory.set(key, found);
      return found.token;
    }
    metrics.miss();
    return this.#exchange(key, request, isCurrent);
  }

  async #fromShared(key: string): Promise<CachedToken | undefined> {
    const { shared, now } = this.#options;
    const found = await shared?.get(key);
    if (found === undefined || now() >= found.usableUntilMs || this.#rejected.has(found.token)) return undefined;
    return { ...found, token: { ...found.token, cached: true } };
  }

  async #exchange(key: string, request: ExchangeRequest, isCurrent: () => boolean): Promise<AccessToken> {
    const { failures, metrics } = this.#options;
    const subject = subjectOf(key, request);
    try {
      failures.check(subject);
    } catch (error) {
      metrics.heldBack();
      throw error;
    }
    let token: AccessToken;
    try {
      const { ring, exchange } = this.#options;
      token = await ring.run((credential) => exchange.exchange(request, credential));
    } catch (error) {
      metrics.failed(error);
      failures.remember(subject, error);
      throw error;
    }
    metrics.exchanged();
    if (isCurrent()) this.#keep(request, token);
    return token;
  }

  /**
   * A token obtained with claims answers calls without them too, and better than any other: so what is under way without
   * them must not take its place. Nobody waits for the shared cache to have it.
   */
  #keep(request: ExchangeRequest, obtained: AccessToken): void {
    const { memory, shared, now } = this.#options;
    const { user, api, claims } = request;
    const key = this.#key(request, undefined);
    if (claims !== undefined) this.#flights.forget(key);
    const token: AccessToken = { ...obtained, cached: true, ...(claims === undefined ? {} : { claims }) };
    // An app's own token outlives the sign-in of whoever happened to need it first.
    const assertionExpiresOnMs = api.requestAppToken ? Number.POSITIVE_INFINITY : user.expiresOnMs;
    const entry: CachedToken = { token, ...lifetimeOf(token, assertionExpiresOnMs, now()) };
    if (entry.usableUntilMs <= now()) return;
    memory.set(key, entry);
    void shared?.set(key, entry);
  }

  /**
   * In the background: nobody waits for it, and a failure costs nobody anything while the old token lasts. With the claims
   * that the old one was obtained with: the API would only demand them again.
   */
  #renew(key: string, asked: ExchangeRequest, cached: CachedToken): void {
    const { memory, metrics, log, now } = this.#options;
    const { claims } = cached.token;
    const request = claims === undefined ? asked : { ...asked, claims };
    metrics.renewed();
    const { result } = this.#flights.run(key, (isCurrent) => this.#renewal(key, request, isCurrent));
    result.catch((error: unknown) => {
      memory.replace(key, cached, { ...cached, renewFromMs: now() + RENEWAL_PAUSE_MS });
      log.warning("renewal_failed", { api: asked.api.name, error: describeError(error) });
    });
  }

  /** Another instance may have renewed it already, if with the same claims. */
  async #renewal(key: string, request: ExchangeRequest, isCurrent: () => boolean): Promise<AccessToken> {
    const { memory, metrics, now } = this.#options;
    const found = await this.#fromShared(key);
    const renewed = found !== undefined && now() < found.renewFromMs;
    if (!renewed || (request.claims !== undefined && found.token.claims !== request.claims))
      return this.#exchange(key, request, isCurrent);
    metrics.hit("shared");
    if (isCurrent()) memory.set(key, found);
    return found.token;
  }
}

function subjectOf(key: string, { user, api }: ExchangeRequest): FailureSubject {
  // A tenant's id is a GUID: no user's subject begins like the app's own.
  const whose = api.requestAppToken ? `app ${user.tenantId}` : `${user.tenantId} ${user.userId}`;
  return { key, userAndApi: `${whose} ${api.name}` };
}
