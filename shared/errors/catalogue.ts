/** What one code means: its HTTP status, its short title, and who can cure it. docs/errors.md says the same, tested. */
export interface CatalogueEntry {
  readonly status: number;
  readonly title: string;
  readonly cure: "caller" | "user" | "administrator" | "operator" | "nobody";
}

/**
 * Every failure a caller can meet. The codes are stable: clients branch on them, so a code is never renamed or reused.
 * `caller`: the client's code; `user`: signing in again; `administrator`: consent in Entra ID; `operator`: who runs the
 * gateway; `nobody`: it passes, try again later.
 */
export const CATALOGUE = {
  invalid_request: { status: 400, title: "The request is malformed", cure: "caller" },
  invalid_target: { status: 400, title: "The path cannot be forwarded", cure: "caller" },
  token_missing: { status: 401, title: "An access token is required", cure: "caller" },
  invalid_token: { status: 401, title: "The access token was not accepted", cure: "user" },
  token_expired: { status: 401, title: "The access token expired", cure: "user" },
  interaction_required: { status: 401, title: "The user must sign in again", cure: "user" },
  gateway_authentication_required: { status: 401, title: "The call did not come through the gateway", cure: "caller" },
  app_only_token: { status: 403, title: "A user's token is required", cure: "caller" },
  insufficient_scope: { status: 403, title: "The access token lacks a scope", cure: "caller" },
  client_not_allowed: { status: 403, title: "This client app may not call the gateway", cure: "operator" },
  consent_required: { status: 403, title: "Consent is missing", cure: "administrator" },
  path_not_allowed: { status: 403, title: "This path is not open", cure: "operator" },
  not_found: { status: 404, title: "There is nothing at this address", cure: "caller" },
  downstream_api_unknown: { status: 404, title: "No such downstream API", cure: "caller" },
  method_not_allowed: { status: 405, title: "The method is not allowed", cure: "caller" },
  request_too_large: { status: 413, title: "The request body is too large", cure: "caller" },
  too_many_requests: { status: 429, title: "Too many requests", cure: "nobody" },
  too_many_concurrent_calls: { status: 429, title: "Too many calls at the same time", cure: "caller" },
  request_headers_too_large: { status: 431, title: "The request headers are too large", cure: "caller" },
  internal_error: { status: 500, title: "The gateway failed", cure: "operator" },
  settings_invalid: { status: 500, title: "The gateway's settings are wrong", cure: "operator" },
  upgrade_not_supported: { status: 501, title: "Protocol upgrades are not supported", cure: "caller" },
  gateway_misconfigured: { status: 502, title: "The gateway cannot act for users", cure: "operator" },
  exchange_failed: { status: 502, title: "The identity provider's answer was not understood", cure: "operator" },
  downstream_unreachable: { status: 502, title: "The downstream API cannot be reached", cure: "operator" },
  throttled: { status: 503, title: "The identity provider asks to wait", cure: "nobody" },
  identity_provider_unavailable: { status: 503, title: "The identity provider is unavailable", cure: "nobody" },
  downstream_unavailable: { status: 503, title: "The downstream API is unavailable", cure: "nobody" },
  downstream_busy: { status: 503, title: "No connection to the downstream API is free", cure: "nobody" },
  gateway_unavailable: { status: 503, title: "The gateway is unavailable", cure: "operator" },
  credential_unavailable: { status: 503, title: "The gateway's credential cannot be loaded", cure: "operator" },
  identity_provider_timeout: { status: 504, title: "The identity provider did not answer in time", cure: "nobody" },
  gateway_timeout: { status: 504, title: "The gateway did not answer in time", cure: "nobody" },
  downstream_timeout: { status: 504, title: "The downstream API did not answer in time", cure: "nobody" },
} as const satisfies Record<string, CatalogueEntry>;

/** The stable code of a failure. */
export type ErrorCode = keyof typeof CATALOGUE;

/** Codes that only the policies in API Management raise (infra/policies/): the function has no class for them. */
export const POLICY_CODES = [
  "too_many_requests",
  "request_headers_too_large",
  "gateway_unavailable",
] as const satisfies readonly ErrorCode[];
