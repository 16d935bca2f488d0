import * as z from "zod/mini";
import { canPass } from "../net/headerRules.ts";
import { Secret } from "../secret.ts";
import type { CircuitBreakerSettings, DownstreamApiSettings, ExtraHeader, PrefixScopes } from "./settings.ts";
import { byIndex, flag, list, resolved, seconds, setting, text, url, wholeNumber } from "./values.ts";

/** Visible ASCII without what ends a path, without backslashes, and percent signs only where they encode something. */
const PATH = /^(?:\/(?:[!"$&-.0-;<=>@-[\]-~]|%[0-9a-f]{2})+)*\/?$/i;
/** Patterns are none here; encoded letters, digits, dots and slashes arrive decoded or are refused: nothing would match. */
const NEVER_ARRIVES = /[*{}]|%(?:2[def]|3\d|5[cf]|7e|[46][1-9a-f]|[57][0-9a])/i;
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;

/** A path below an API's base URL, without the slash at its end; `/` for all of them is the empty text. */
export const pathPrefix = () =>
  setting(
    "a path below the base URL like /me/messages, without query, empty or dot segments, patterns or needless encoding",
    (value) =>
      value.startsWith("/") && PATH.test(value) && !DOT_SEGMENT.test(value) && !NEVER_ARRIVES.test(value)
        ? value.replace(/\/$/, "")
        : undefined,
  );

/** A comma may stand in a path (SharePoint's site ids have two); one before a slash or at the end separates paths. */
const BETWEEN_PATHS = /[ \t\r\n]|[,;](?:\/|$)|^["[]/;

export const pathPrefixes = () => list(pathPrefix(), { separators: BETWEEN_PATHS });

const SCOPES_EXPECTED =
  "at least one scope of this API, like https://graph.microsoft.com/User.Read, and numbers without a gap";
const PREFIX_SCOPES_EXPECTED =
  "entries numbered __0, __1, ... without a gap, each with a __Prefix of its own and __Scopes";

/** What token B is asked for. */
export const scopesSchema = list(text("a scope"), { expected: SCOPES_EXPECTED });

const entry = z.pipe(
  z.strictObject({ Prefix: pathPrefix(), Scopes: scopesSchema }, { error: PREFIX_SCOPES_EXPECTED }),
  z.transform((from): PrefixScopes => ({ prefix: from.Prefix, scopes: from.Scopes })),
);

/** `ScopesByPrefix__n`: other scopes for a part of the API, the longest prefix first. */
export const scopesByPrefixSchema = z.pipe(
  z.pipe(
    z.transform(byIndex),
    z.array(entry, { error: PREFIX_SCOPES_EXPECTED }).check(
      z.refine((entries) => new Set(entries.map(({ prefix }) => prefix)).size === entries.length, {
        error: PREFIX_SCOPES_EXPECTED,
        when: ({ issues }) => issues.length === 0,
      }),
    ),
  ),
  z.transform((entries) => entries.toSorted((one, other) => other.prefix.length - one.prefix.length)),
);

/** An id that ends in a slash keeps it, as that of Azure's management does: https://management.azure.com//.default. */
const DEFAULT_SCOPE = /^[^/].*\/\.default$/;
const APP_SCOPES_EXPECTED =
  "with RequestAppToken exactly one scope, the API's <app id URI>/.default: an app gets all that it was granted, of one API";
const PREFIXES_EXPECTED = "nothing with RequestAppToken: an app's token is the same for all paths";

interface ScopesOf {
  readonly RequestAppToken: boolean;
  readonly Scopes: readonly string[];
  readonly ScopesByPrefix: readonly PrefixScopes[];
}

/** The client credentials grant takes `<resource>/.default` and nothing else (Microsoft, "client credentials flow"). */
export function appTokenRules({ value, issues }: z.core.ParsePayload<ScopesOf>): void {
  if (!value.RequestAppToken) return;
  if (value.Scopes.length !== 1 || !DEFAULT_SCOPE.test(value.Scopes[0] ?? "")) {
    issues.push({ code: "custom", input: value.Scopes, path: ["Scopes"], message: APP_SCOPES_EXPECTED });
  }
  if (value.ScopesByPrefix.length > 0) {
    issues.push({ code: "custom", input: value.ScopesByPrefix, path: ["ScopesByPrefix"], message: PREFIXES_EXPECTED });
  }
}

const MAX_FAILURES = 10_000;
const PAUSE_MS = 30_000;
const LONGEST_PAUSE_S = 3_600;

/** `CircuitBreaker__Failures` and `__PauseSeconds`. */
export const circuitBreakerSchema = z.pipe(
  z.strictObject(
    {
      Failures: wholeNumber(1, MAX_FAILURES),
      PauseSeconds: z._default(seconds(1, LONGEST_PAUSE_S), PAUSE_MS),
    },
    { error: "settings below it: __Failures, and perhaps __PauseSeconds" },
  ),
  z.transform((from): CircuitBreakerSettings => ({ failures: from.Failures, pauseMs: from.PauseSeconds })),
);

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^`|~0-9a-z]+$/;
/** RFC 9110, 5.5, without what is beyond ASCII. */
const VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;
/** What the gateway writes itself, or what the connection, the body and the caller's identity decide. */
const NOT_FOR_SETTINGS =
  /^(?:authorization|client-request-id|connection|content-.*|cookie|expect|host|keep-alive|proxy-.*|te|trace(?:parent|state)|trailer|transfer-encoding|upgrade|via|x-correlation-id)$/;
const HEADER_NAME_EXPECTED =
  "a header's name, once, and none that the gateway or the caller must say (Host, Authorization, Content-*, ...)";
const EXTRA_HEADERS_EXPECTED = "settings below it, one per header: __x-api-version, or __x_api_version with _ for -";

// A reference sent as it is would tell another origin where the key is, and the API would only say that it is wrong.
const value = setting("a header's value: visible ASCII", (text) =>
  VALUE.test(text) ? new Secret(text) : undefined,
).check(resolved);

/**
 * `ExtraHeaderParameters__{name}`, as Microsoft.Identity.Web calls them. App settings on Linux take no dashes in a name:
 * an underscore stands for one. No header that goes out has an underscore, so nothing is lost.
 */
export const extraHeadersSchema = z.pipe(
  z.record(z.string(), value, { error: EXTRA_HEADERS_EXPECTED }),
  z.transform((given, context) => {
    const headers = new Map<string, ExtraHeader>();
    for (const [written, secret] of Object.entries(given)) {
      const name = written.toLowerCase().replaceAll("_", "-");
      if (!TOKEN.test(name) || NOT_FOR_SETTINGS.test(name) || headers.has(name)) {
        context.issues.push({ code: "custom", path: [written], message: HEADER_NAME_EXPECTED, input: written });
      }
      headers.set(name, { name, value: secret });
    }
    return [...headers.values()];
  }),
);

const CONNECT_TIMEOUT_MS = 5_000;
const RESPONSE_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 120_000;
// The Functions front end cuts a response after 240 s without a byte.
const LONGEST_SILENCE_S = 230;
const DEFAULT_MAX_CONNECTIONS = 256;
const MAX_CONNECTIONS = 65_535;
/**
 * One user gets an eighth of the connections unless told, so that no user alone, nor seven together, can use them all up.
 * Of the default 256 these are 32: more than a browser opens to one host over HTTP/1.1 (6) and than a page keeps event
 * streams; of 100 parallel requests over HTTP/2 the rest waits its turn. And a third of the 100 calls that the deployment
 * gives an instance (`concurrentCallsPerInstance`).
 */
const CONNECTIONS_PER_USER_CALL = 8;
/** What a client waits without a second thought, and as long as connecting may take. */
const QUEUE_TIMEOUT_MS = 5_000;
const MAX_BODY_BYTES = 1_099_511_627_776;
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
        MaxRequestBodyBytes: z.optional(wholeNumber(0, MAX_BODY_BYTES)),
        AllowSetCookie: z._default(flag(), false),
        AllowSharedCaching: z._default(flag(), false),
        RetryConnectionFailures: z._default(flag(), false),
        CircuitBreaker: z.optional(circuitBreakerSchema),
        MaxConnections: z._default(wholeNumber(1, MAX_CONNECTIONS), DEFAULT_MAX_CONNECTIONS),
        MaxConcurrentCallsPerUser: z.optional(wholeNumber(1, MAX_CONNECTIONS)),
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
