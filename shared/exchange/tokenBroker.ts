import type { Clock } from "../clock.ts";
import type { CredentialRing } from "../credentials/credentialRing.ts";
import { describeError } from "../telemetry/describeError.ts";
import type { Log } from "../telemetry/log.ts";
import type { AccessToken } from "./accessToken.ts";
import { cacheKey } from "./cacheKey.ts";
import type { FailureMemory, FailureSubject } from "./failureMemory.ts";
import { lifetimeOf } from "./lifetime.ts";
import type { CachedToken, MemoryCache } from "./memoryCache.ts";
import type { ExchangeRequest, OnBehalfOfExchange } from "./onBehalfOfExchange.ts";
import type { SharedCache } from "./sharedCache.ts";
import { SingleFlight } from "./singleFlight.ts";
import type { TokenMetrics } from "./tokenMetrics.ts";

export interface TokenBrokerOptions {
  readonly clientId: string;
  readonly ring: CredentialRing;
  readonly exchange: Pick<OnBehalfOfExchange, "exchange">;
  readonly memory: MemoryCache;
  /** Undefined: each instance has its own tokens only. */
  readonly shared: SharedCache | undefined;
  readonly failures: FailureMemory;
  readonly metrics: TokenMetrics;
  readonly log: Log;
  readonly now: Clock;
}

/**
 * Gets token B for a user and a downstream API: from this process, from the cache that all instances share, or by one
 * exchange for all who wait for it.
 */
export class TokenBroker {
  readonly #options: TokenBrokerOptions;
  readonly #flights = new SingleFlight<AccessToken>();

  constructor(options: TokenBrokerOptions) {
    this.#options = options;
  }

  /** @throws a GatewayError; see docs/errors.md. */
  async accessToken(request: ExchangeRequest): Promise<AccessToken> {
    const { clientId, memory, metrics, now } = this.#options;
    const key = cacheKey(request.user, request.api, clientId, request.claims);
    // Claims come from a challenge: no cached token can answer it.
    const cached = request.claims === undefined ? memory.get(key) : undefined;
    if (cached !== undefined) {
      metrics.hit("memory");
      if (now() >= cached.renewFromMs && !this.#flights.has(key)) this.#renew(key, request);
      return cached.token;
    }
    const { result, shared } = this.#flights.run(key, () => this.#obtain(key, request));
    if (shared) metrics.coalesced();
    return result;
  }

  /** Forgets a token that a downstream API rejected, in both levels. */
  async drop(request: Omit<ExchangeRequest, "correlationId" | "claims">): Promise<void> {
    const { clientId, memory, shared } = this.#options;
    const key = cacheKey(request.user, request.api, clientId, undefined);
    memory.delete(key);
    await shared?.delete(key);
  }

  async #obtain(key: string, request: ExchangeRequest): Promise<AccessToken> {
    const { memory, shared, metrics } = this.#options;
    const found = request.claims === undefined ? await shared?.get(key) : undefined;
    if (found !== undefined) {
      metrics.hit("shared");
      memory.set(key, found);
      return found.token;
    }
    metrics.miss();
    return this.#exchange(key, request);
  }

  async #exchange(key: string, request: ExchangeRequest): Promise<AccessToken> {
    const { ring, exchange, failures, metrics } = this.#options;
    const subject = subjectOf(key, request);
    failures.check(subject);
    try {
      const token = await exchange.exchange(request, await ring.current());
      metrics.exchanged();
      await this.#keep(request, token);
      return token;
    } catch (error) {
      metrics.failed(error);
      failures.remember(subject, error);
      throw error;
    }
  }

  /** A token obtained with claims answers calls without them too: it is the newest, so it is kept as theirs. */
  async #keep({ user, api }: ExchangeRequest, token: AccessToken): Promise<void> {
    const { clientId, memory, shared, now } = this.#options;
    const entry: CachedToken = { token, ...lifetimeOf(token, user.expiresOnMs, now()) };
    if (entry.usableUntilMs <= now()) return;
    const key = cacheKey(user, api, clientId, undefined);
    memory.set(key, entry);
    await shared?.set(key, entry);
  }

  /** In the background: nobody waits for it, and a failure costs nobody anything while the old token lasts. */
  #renew(key: string, request: ExchangeRequest): void {
    const { metrics, log } = this.#options;
    metrics.renewed();
    this.#flights
      .run(key, () => this.#exchange(key, request))
      .result.catch((error: unknown) =>
        log.warning("renewal_failed", { api: request.api.name, error: describeError(error) }),
      );
  }
}

function subjectOf(key: string, { user, api }: ExchangeRequest): FailureSubject {
  return { key, userAndApi: `${user.tenantId} ${user.userId} ${api.name}` };
}
