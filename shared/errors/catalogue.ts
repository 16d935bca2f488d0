/** What one code means: its HTTP status, its short title, and who can cure it. docs/errors.md says the same, tested. */
export interface CatalogueEntry {
  readonly status: number;
  readonly title: string;
  readonly remedy: "caller" | "user" | "administrator" | "operator" | "nobody";
}

/**
 * Every failure a caller can meet. The codes are stable: clients branch on them, so a code is never renamed or reused.
 * `caller`: the client's code; `user`: signing in again; `administrator`: consent in Entra ID; `operator`: who runs the
 * gateway; `nobody`: it passes, try again later.
 */
export const CATALOGUE = {
  invalid_request: { status: 400, title: "The request is malformed", remedy: "caller" },
  invalid_target: { status: 400, title: "The path cannot be forwarded", remedy: "caller" },
  token_missing: { status: 401, title: "An access token is required", remedy: "caller" },
  invalid_token: { status: 401, title: "The access token was not accepted", remedy: "user" },
  token_expired: { status: 401, title: "The access token expired", remedy: "user" },
  interaction_required: { status: 401, title: "The user must sign in again", remedy: "user" },
  gateway_authentication_required: {
    status: 401,
    title: "The call did not come through the gateway",
    remedy: "caller",
  },
  app_only_token: { status: 403, title: "A user's token is required", remedy: "caller" },
  insufficient_scope: { status: 403, title: "The access token lacks a scope", remedy: "caller" },
  client_not_allowed: { status: 403, title: "This client app may not call the gateway", remedy: "operator" },
  consent_required: { status: 403, title: "Consent is missing", remedy: "administrator" },
  path_not_allowed: { status: 403, title: "This path is not open", remedy: "operator" },
  not_found: { status: 404, title: "There is nothing at this address", remedy: "caller" },
  downstream_api_unknown: { status: 404, title: "No such downstream API", remedy: "caller" },
  method_not_allowed: { status: 405, title: "The method is not allowed", remedy: "caller" },
  request_too_large: { status: 413, title: "The request body is too large", remedy: "caller" },
  too_many_requests: { status: 429, title: "Too many requests", remedy: "nobody" },
  too_many_concurrent_calls: { status: 429, title: "Too many calls at the same time", remedy: "caller" },
  request_headers_too_large: { status: 431, title: "The request headers are too large", remedy: "caller" },
  internal_error: { status: 500, title: "The gateway failed", remedy: "operator" },
  settings_invalid: { status: 500, title: "The gateway's settings are wrong", remedy: "operator" },
  upgrade_not_supported: { status: 501, title: "Protocol upgrades are not supported", remedy: "caller" },
  gateway_misconfigured: { status: 502, title: "The gateway cannot act for users", remedy: "operator" },
  exchange_failed: { status: 502, title: "The identity provider's answer was not understood", remedy: "operator" },
  downstream_unreachable: { status: 502, title: "The downstream API cannot be reached", remedy: "operator" },
  throttled: { status: 503, title: "The identity provider asks to wait", remedy: "nobody" },
  identity_provider_unavailable: { status: 503, title: "The identity provider is unavailable", remedy: "nobody" },
  downstream_unavailable: { status: 503, title: "The downstream API is unavailable", remedy: "nobody" },
  downstream_busy: { status: 503, title: "No connection to the downstream API is free", remedy: "nobody" },
  gateway_unavailable: { status: 503, title: "The gateway is unavailable", remedy: "operator" },
  credential_unavailable: { status: 503, title: "The gateway's credential cannot be loaded", remedy: "operator" },
  identity_provider_timeout: { status: 504, title: "The identity provider did not answer in time", remedy: "nobody" },
  gateway_timeout: { status: 504, title: "The gateway did not answer in time", remedy: "nobody" },
  downstream_timeout: { status: 504, title: "The downstream API did not answer in time", remedy: "nobody" },
} as const satisfies Record<string, CatalogueEntry>;

/** The stable code of a failure. */
export type ErrorCode = keyof typeof CATALOGUE;

/** Codes that only the policies in API Management raise (infra/policies/): the function has no class for them. */
export const POLICY_CODES = [
  "too_many_requests",
  "request_headers_too_large",
  "gateway_unavailable",
] as const satisfies readonly ErrorCode[];
