import * as z from "zod";
import { extraHeadersSchema } from "./extraHeadersSchema.ts";
import { pathPrefix } from "./pathPrefix.ts";
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
const MOST_BODY_BYTES = 1_099_511_627_776;
const API_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
/** Those that the function app has a route for (functions/index.ts). */
const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const API_EXPECTED = "settings below it: __BaseUrl and __Scopes";
const NAME_EXPECTED = "a name of letters, digits, '-', '_' and '.', as it stands in the gateway's paths";

const method = setting(`one of ${METHODS.join(", ")}`, (value) =>
  METHODS.find((known) => known === value.toUpperCase()),
);

/** The `DownstreamApis` section: one entry per API, by the name that stands in the gateway's path. */
export function downstreamApisSchema(longestCallMs: number) {
  const longestCallS = longestCallMs / 1000;
  const api = z.strictObject(
    {
      BaseUrl: url("the API's base URL (https), without query or fragment"),
      Scopes: scopesSchema,
      ScopesByPrefix: scopesByPrefixSchema.default([]),
      AllowedMethods: list(method).default([]),
      AllowedPathPrefixes: list(pathPrefix()).default([]),
      ExtraHeaderParameters: extraHeadersSchema.default([]),
      MaxRequestBodyBytes: wholeNumber(0, MOST_BODY_BYTES).optional(),
      AllowSetCookie: flag().default(false),
      MaxConnections: wholeNumber(1, MOST_CONNECTIONS).default(MAX_CONNECTIONS),
      ConnectTimeoutSeconds: seconds(0.1, 60).default(CONNECT_TIMEOUT_MS),
      ResponseTimeoutSeconds: seconds(0.1, LONGEST_SILENCE_S).default(RESPONSE_TIMEOUT_MS),
      IdleTimeoutSeconds: seconds(0.1, LONGEST_SILENCE_S).default(IDLE_TIMEOUT_MS),
      TotalTimeoutSeconds: seconds(0.1, longestCallS).default(longestCallMs),
    },
    { error: API_EXPECTED },
  );
  return z
    .record(z.string().regex(API_NAME, { error: NAME_EXPECTED }), api, {
      error: "settings DownstreamApis__<name>__BaseUrl and DownstreamApis__<name>__Scopes",
    })
    .transform((apis) => {
      const byName: Record<string, DownstreamApiSettings> = Object.create(null);
      for (const [name, from] of Object.entries(apis)) {
        byName[name] = {
          name,
          origin: from.BaseUrl.origin,
          basePath: from.BaseUrl.pathname.replace(/\/+$/, ""),
          scopes: from.Scopes,
          scopesByPrefix: from.ScopesByPrefix,
          allowedMethods: from.AllowedMethods,
          allowedPathPrefixes: from.AllowedPathPrefixes,
          extraHeaders: from.ExtraHeaderParameters,
          maxRequestBodyBytes: from.MaxRequestBodyBytes,
          allowSetCookie: from.AllowSetCookie,
          maxConnections: from.MaxConnections,
          connectTimeoutMs: from.ConnectTimeoutSeconds,
          responseTimeoutMs: from.ResponseTimeoutSeconds,
          idleTimeoutMs: from.IdleTimeoutSeconds,
          totalTimeoutMs: from.TotalTimeoutSeconds,
        };
      }
      return byName;
    });
}
