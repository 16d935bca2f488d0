import { randomBytes, randomUUID } from "node:crypto";
import type { DownstreamApiSettings } from "../../shared/config/settings.ts";
import type { ValidatedAssertion } from "../../shared/inbound/userTokenValidator.ts";
import { Secret } from "../../shared/secret.ts";

/** As long as an access token of Entra ID with a few groups. */
export const TOKEN_CHARACTERS = 1_600;
export const TENANT = "10000000-0000-4000-8000-0000000000aa";
export const CLIENT = "20000000-0000-4000-8000-0000000000bb";
export const LIFE_MS = 3_600_000;
export const SCOPE = "api://profile/.default";

/** Text like a token's; nobody here looks into one. */
export function tokenText(): string {
  return randomBytes((TOKEN_CHARACTERS * 3) / 4).toString("base64url");
}

/** A user as the validator hands one over. */
export function someUser(nowMs: number): ValidatedAssertion {
  return {
    assertion: new Secret(tokenText()),
    claims: {},
    tenantId: TENANT,
    userId: randomUUID(),
    clientAppId: undefined,
    scopes: ["access_as_user"],
    expiresOnMs: nowMs + LIFE_MS,
  };
}

export const API: DownstreamApiSettings = {
  name: "profile",
  origin: "https://profile.example",
  basePath: "",
  scopes: [SCOPE],
  scopesByPrefix: [],
  allowedMethods: [],
  allowedPathPrefixes: [],
  extraHeaders: [],
  passRequestHeaders: [],
  maxRequestBodyBytes: undefined,
  allowSetCookie: false,
  allowSharedCaching: false,
  requestAppToken: false,
  retryConnectionFailures: false,
  circuitBreaker: undefined,
  maxConnections: 1,
  maxConcurrentCallsPerUser: 1,
  queueTimeoutMs: 1,
  connectTimeoutMs: 1_000,
  responseTimeoutMs: 1_000,
  idleTimeoutMs: 1_000,
  totalTimeoutMs: 1_000,
};
