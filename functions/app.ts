import type { Clock } from "../shared/clock.ts";
import type { Settings } from "../shared/config/settings.ts";
import { CredentialFailover } from "../shared/credentials/credentialFailover.ts";
import { credentialLog } from "../shared/credentials/credentialLog.ts";
import { credentialSources } from "../shared/credentials/credentialSources.ts";
import { DownstreamApi } from "../shared/downstream/downstreamApi.ts";
import { DownstreamCalls } from "../shared/downstream/downstreamCalls.ts";
import { probeMetadata } from "../shared/entra/authority.ts";
import { tenantKeys } from "../shared/entra/signingKeys.ts";
import type { ChallengeRealm } from "../shared/errors/challenge.ts";
import { exchangeWhenNeeded } from "../shared/exchange/exchangeWhenNeeded.ts";
import { NegativeCache } from "../shared/exchange/negativeCache.ts";
import { createRedisCache } from "../shared/exchange/redis/redisCache.ts";
import { TokenBroker } from "../shared/exchange/tokenBroker.ts";
import { MemoryCache } from "../shared/exchange/tokenCache.ts";
import { Readiness } from "../shared/health/readiness.ts";
import { ApimAuthenticator } from "../shared/inbound/apimAuthenticator.ts";
import { CallerAuthenticator, cachedValidator } from "../shared/inbound/callerAuthenticator.ts";
import { UserTokenValidator } from "../shared/inbound/userTokenValidator.ts";
import { createHttpClient } from "../shared/net/httpClient.ts";
import { credentialInstruments, observeDownstreamCalls } from "../shared/telemetry/instruments.ts";
import type { Log } from "../shared/telemetry/log.ts";
import { describeError } from "../shared/telemetry/log.ts";
import { instrumentedCounters, reportCounts } from "../shared/telemetry/tokenMetrics.ts";

/** App Service and Functions set it; a laptop does not. */
const ON_AZURE = "WEBSITE_INSTANCE_ID";
/** What remembered verdicts on tokens A may take: some ten thousand users who call within the same five minutes. */
const VERDICTS_BYTES = 67_108_864;
/** Gateways are few. */
const GATEWAY_VERDICTS_BYTES = 1_048_576;

/** The parts of the running gateway that its functions use. */
export interface Gateway {
  readonly settings: Settings;
  readonly caller: CallerAuthenticator;
  readonly broker: TokenBroker;
  /** By the name in the settings. */
  readonly downstream: ReadonlyMap<string, DownstreamApi>;
  readonly calls: DownstreamCalls;
  readonly readiness: Readiness;
  readonly realm: ChallengeRealm;
}

export interface GatewayOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly now: Clock;
}

/** Puts the gateway together from its settings. Nothing is fetched yet: the first call that needs a thing fetches it. */
export function createApp(settings: Settings, { environment, log, now }: GatewayOptions): Gateway {
  const { azureAd, downstreamApis } = settings;
  if (settings.gateway.authentication === "none" && environment[ON_AZURE] !== undefined) {
    log.warning("gateway_authentication_off", {
      detail:
        "Anyone with a user's token can call the functions past API Management. Set Gateway__Authentication to entra.",
    });
  }
  const http = createHttpClient(azureAd.requestTimeoutMs);
  const keysOf = tenantKeys(azureAd, {
    http,
    now,
    onStale: (error, ageMs) => log.warning("signing_keys_stale", { ageMs, error: describeError(error) }),
  });
  const verification = { azureAd, keysOf, now };
  const ring = new CredentialFailover(credentialSources(azureAd, { now, environment }), {
    listener: credentialLog(log, credentialInstruments(now)),
    pollMs: azureAd.credentialPollMs,
    now,
  });
  const validator = new UserTokenValidator(verification);
  const gateway =
    settings.gateway.authentication === "entra" ? new ApimAuthenticator(settings.gateway, verification) : undefined;
  const memory = new MemoryCache({ ...settings.tokenCache, now });
  const counters = instrumentedCounters(() => memory);
  reportCounts({ counts: () => counters.counts, size: () => memory, log });
  const { redis } = settings.tokenCache;
  const ownTenant = azureAd.allowedTenants[0] ?? azureAd.tenantId;
  const realm: ChallengeRealm = {
    authorizationUri: `${azureAd.instance}/${azureAd.tenantId}/oauth2/v2.0/authorize`,
    clientId: azureAd.clientId,
  };
  const broker = new TokenBroker({
    clientId: azureAd.clientId,
    ring,
    exchange: exchangeWhenNeeded({ azureAd, http, now }),
    memory,
    shared: redis && createRedisCache(redis, { instance: azureAd.instance, environment, metrics: counters, log, now }),
    failures: new NegativeCache(now),
    metrics: counters,
    log,
    now,
  });
  const downstream = new Map(
    Object.values(downstreamApis).map((api) => [api.name, new DownstreamApi(api, { log, now })]),
  );
  observeDownstreamCalls(downstream);
  return {
    settings,
    // What is in the settings may decide a remembered verdict: settings do not change while the app runs.
    caller: new CallerAuthenticator(
      { validate: cachedValidator((token) => validator.validate(token), { maxBytes: VERDICTS_BYTES, now }) },
      gateway && {
        authenticate: cachedValidator((token) => gateway.authenticate(token), {
          maxBytes: GATEWAY_VERDICTS_BYTES,
          now,
        }),
      },
    ),
    broker,
    calls: new DownstreamCalls({ broker, realm, now }),
    downstream,
    readiness: new Readiness({
      ring,
      now,
      identityProvider: async () => {
        await Promise.all([probeMetadata(azureAd, http), keysOf(ownTenant).ready()]);
      },
    }),
    realm,
  };
}
