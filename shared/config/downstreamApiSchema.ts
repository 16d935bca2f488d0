import * as z from "zod/mini";
import { canPass } from "../http/headerRules.ts";
import { appTokenRules } from "./appTokenRules.ts";
import { circuitBreakerSchema } from "./circuitBreakerSchema.ts";
import { extraHeadersSchema } from "./extraHeadersSchema.ts";
import { pathPrefixes } from "./pathPrefix.ts";
import { scopesByPrefixSchema, scopesSchema } from "./scopesByPrefixSchema.ts";
import type { DownstreamApiSettings } from "./settings.ts";
import { flag, list, seconds, setting, url, wholeNumber } from "./values.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const RESPONSE_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 120_000;
// The Functions front end cuts a response after 240 s without a byte.
const LONGEST_SILENCE_S = 230;
const MAX_CONNECTIONS = 256;
const MOST_CONNECTIONS = 65_535;
/**
 * One user gets an eighth of the connections unless told, so that no user alone, nor seven together, can use them all up.
 * Of the default 256 these are 32: more than a browser opens to one host over HTTP/1.1 (6) and than a page keeps event
 * streams; of 100 parallel requests over HTTP/2 the rest waits its turn. And a third of the 100 calls that the deployment
 * gives an instance (`concurrentCallsPerInstance`).
 */
const CONNECTIONS_PER_USER_CALL = 8;
/** What a client waits without a second thought, and as long as connecting may take. */
const QUEUE_TIMEOUT_MS = 5_000;
const MOST_BODY_BYTES = 1_099_511_627_776;
const API_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
/** Those that the function app has a route for (functions/index.ts). */
export const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const API_EXPECTED = "settings below it: __BaseUrl and __Scopes";
const NAME_EXPECTED = "a name of letters, digits, '-', '_' and '.', as it stands in the gateway's paths";

const method = setting(`one of ${METHODS.join(", ")}`, (value) =>
  METHODS.find((known) => known === value.toUpperCase()),
);

const passRequestHeader = setting(
  "the name of a request header that the gateway drops and an API may still get, like CF-IPCountry (docs/generated/edge.md lists them)",
  (value) => (canPass(value.toLowerCase()) ? value.toLowerCase() : undefined),
);

/** The `DownstreamApis` section: one entry per API, by the name that stands in the gateway's path. */
export function downstreamApisSchema(longestCallMs: number) {
  const longestCallS = longestCallMs / 1000;
  const api = z
    .strictObject(
      {
        BaseUrl: url("the API's base URL (https), without query or fragment"),
        Scopes: scopesSchema,
        RequestAppToken: z._default(flag(), false),
        ScopesByPrefix: z._default(scopesByPrefixSchema, []),
        AllowedMethods: z._default(list(method), []),
        AllowedPathPrefixes: z._default(pathPrefixes(), []),
        ExtraHeaderParameters: z._default(extraHeadersSchema, []),
        PassRequestHeaders: z._default(list(passRequestHeader), []),
        MaxRequestBodyBytes: z.optional(wholeNumber(0, MOST_BODY_BYTES)),
        AllowSetCookie: z._default(flag(), false),
        AllowSharedCaching: z._default(flag(), false),
        RetryConnectionFailures: z._default(flag(), false),
        CircuitBreaker: z.optional(circuitBreakerSchema),
        MaxConnections: z._default(wholeNumber(1, MOST_CONNECTIONS), MAX_CONNECTIONS),
        MaxConcurrentCallsPerUser: z.optional(wholeNumber(1, MOST_CONNECTIONS)),
        QueueTimeoutSeconds: z._default(seconds(0.1, 60), QUEUE_TIMEOUT_MS),
        ConnectTimeoutSeconds: z._default(seconds(0.1, 60), CONNECT_TIMEOUT_MS),
        ResponseTimeoutSeconds: z._default(seconds(0.1, LONGEST_SILENCE_S), RESPONSE_TIMEOUT_MS),
        IdleTimeoutSeconds: z._default(seconds(0.1, LONGEST_SILENCE_S), IDLE_TIMEOUT_MS),
        TotalTimeoutSeconds: z._default(seconds(0.1, longestCallS), longestCallMs),
      },
      { error: API_EXPECTED },
    )
    .check(z.check(appTokenRules), z.check(capWithinConnections));
  return z.pipe(
    z.record(z.string().check(z.regex(API_NAME, { error: NAME_EXPECTED })), api, {
      error: "settings DownstreamApis__<name>__BaseUrl and DownstreamApis__<name>__Scopes",
    }),
    z.transform((apis) => {
      const byName: Record<string, DownstreamApiSettings> = Object.create(null);
      for (const [name, from] of Object.entries(apis)) {
        byName[name] = {
          name,
          origin: from.BaseUrl.origin,
          basePath: from.BaseUrl.pathname.replace(/\/+$/, ""),
          scopes: from.Scopes,
          requestAppToken: from.RequestAppToken,
          scopesByPrefix: from.ScopesByPrefix,
          allowedMethods: from.AllowedMethods,
          allowedPathPrefixes: from.AllowedPathPrefixes,
          extraHeaders: from.ExtraHeaderParameters,
          passRequestHeaders: from.PassRequestHeaders,
          maxRequestBodyBytes: from.MaxRequestBodyBytes,
          allowSetCookie: from.AllowSetCookie,
          allowSharedCaching: from.AllowSharedCaching,
          retryConnectionFailures: from.RetryConnectionFailures,
          circuitBreaker: from.CircuitBreaker,
          maxConnections: from.MaxConnections,
          maxConcurrentCallsPerUser:
            from.MaxConcurrentCallsPerUser ?? Math.ceil(from.MaxConnections / CONNECTIONS_PER_USER_CALL),
          queueTimeoutMs: from.QueueTimeoutSeconds,
          connectTimeoutMs: from.ConnectTimeoutSeconds,
          responseTimeoutMs: from.ResponseTimeoutSeconds,
          idleTimeoutMs: from.IdleTimeoutSeconds,
          totalTimeoutMs: from.TotalTimeoutSeconds,
        };
      }
      return byName;
    }),
  );
}

interface CapOf {
  readonly MaxConnections: number;
  readonly MaxConcurrentCallsPerUser?: number | undefined;
}

/** A cap beyond the connections would be none, and look like one. */
function capWithinConnections({ value, issues }: z.core.ParsePayload<CapOf>): void {
  const { MaxConnections: most, MaxConcurrentCallsPerUser: cap = 1 } = value;
  if (cap <= most) return;
  const message = `at most MaxConnections, which is ${most}`;
  issues.push({ code: "custom", input: String(cap), path: ["MaxConcurrentCallsPerUser"], message });
}
