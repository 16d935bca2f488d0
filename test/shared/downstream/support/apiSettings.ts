import type { DownstreamApiSettings } from "../../../../shared/config/settings.ts";

/** Far beyond what a test takes: each test shortens the one that it is about. */
const LONG_MS = 20_000;
const MAX_CONNECTIONS = 256;

/** A downstream API without rules of its own, but for what is said. */
export function apiSettings(changes: Partial<DownstreamApiSettings> = {}): DownstreamApiSettings {
  return {
    name: "profile",
    origin: "https://profile.example",
    basePath: "",
    scopes: ["any"],
    requestAppToken: false,
    scopesByPrefix: [],
    allowedMethods: [],
    allowedPathPrefixes: [],
    extraHeaders: [],
    passRequestHeaders: [],
    maxRequestBodyBytes: undefined,
    allowSetCookie: false,
    allowSharedCaching: false,
    retryConnectionFailures: false,
    circuitBreaker: undefined,
    maxConnections: MAX_CONNECTIONS,
    maxConcurrentCallsPerUser: MAX_CONNECTIONS,
    queueTimeoutMs: LONG_MS,
    connectTimeoutMs: LONG_MS,
    responseTimeoutMs: LONG_MS,
    idleTimeoutMs: LONG_MS,
    totalTimeoutMs: LONG_MS,
    ...changes,
  };
}
