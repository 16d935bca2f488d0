import { expect } from "vitest";
import type { Answer } from "./gatewayClient.ts";
import type { GatewayUnderTest } from "./gatewayUnderTest.ts";
import { expectNothingInternal } from "./leaks.ts";

/** Status and title of each code, as clients may rely on them, whether the function or API Management answers. */
export const PROBLEMS = {
  invalid_request: [400, "The request is malformed"],
  invalid_target: [400, "The path cannot be forwarded"],
  token_missing: [401, "An access token is required"],
  invalid_token: [401, "The access token was not accepted"],
  token_expired: [401, "The access token expired"],
  interaction_required: [401, "The user must sign in again"],
  gateway_authentication_required: [401, "The call did not come through the gateway"],
  app_only_token: [403, "A user's token is required"],
  insufficient_scope: [403, "The access token lacks a scope"],
  client_not_allowed: [403, "This client app may not call the gateway"],
  consent_required: [403, "Consent is missing"],
  path_not_allowed: [403, "This path is not open"],
  not_found: [404, "There is nothing at this address"],
  downstream_api_unknown: [404, "No such downstream API"],
  method_not_allowed: [405, "The method is not allowed"],
  request_too_large: [413, "The request body is too large"],
  too_many_requests: [429, "Too many requests"],
  too_many_concurrent_calls: [429, "Too many calls at the same time"],
  request_headers_too_large: [431, "The request headers are too large"],
  internal_error: [500, "The gateway failed"],
  settings_invalid: [500, "The gateway's settings are wrong"],
  upgrade_not_supported: [501, "Protocol upgrades are not supported"],
  gateway_misconfigured: [502, "The gateway cannot act for users"],
  exchange_failed: [502, "The identity provider's answer was not understood"],
  downstream_unreachable: [502, "The downstream API cannot be reached"],
  downstream_unavailable: [503, "The downstream API is unavailable"],
  throttled: [503, "The identity provider asks to wait"],
  identity_provider_unavailable: [503, "The identity provider is unavailable"],
  downstream_busy: [503, "No connection to the downstream API is free"],
  gateway_unavailable: [503, "The gateway is unavailable"],
  credential_unavailable: [503, "The gateway's credential cannot be loaded"],
  identity_provider_timeout: [504, "The identity provider did not answer in time"],
  downstream_timeout: [504, "The downstream API did not answer in time"],
  gateway_timeout: [504, "The gateway did not answer in time"],
} as const;

const FIRST = ["type", "title", "status", "detail", "code", "correlationId"];

export interface ExpectedProblem {
  readonly code: keyof typeof PROBLEMS;
  readonly detail: string;
  /** Members beyond type, title, status, detail, code and correlationId. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** The challenge's parameters behind realm, authorization_uri and client_id, in order; absent: no challenge. */
  readonly challenge?: Readonly<Record<string, string>>;
  readonly retryAfter?: number;
}

/** The whole answer: status, headers and every member; and that it tells nothing that is not for the caller. */
export function expectProblem(gateway: GatewayUnderTest, answer: Answer, expected: ExpectedProblem): void {
  const { code, detail, members = {}, challenge, retryAfter } = expected;
  const [status, title] = PROBLEMS[code];
  const correlationId = answer.headers["x-correlation-id"];
  const waiting = retryAfter === undefined ? {} : { retryAfter };
  expect([answer.status, answer.body.length > 0]).toEqual([status, true]);
  expect(answer.json()).toEqual({
    type: `https://github.com/obo-gateway/obo-gateway/blob/main/docs/errors.md#${code}`,
    title,
    status,
    detail,
    code,
    correlationId,
    ...members,
    ...waiting,
  });
  // For people who read it: what they need first comes first, whoever answers.
  expect(Object.keys(answer.json()).slice(0, FIRST.length)).toEqual(FIRST);
  expect(correlationId).toMatch(/^[A-Za-z0-9._-]+$/);
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.headers["retry-after"]).toBe(retryAfter?.toString());
  expect(answer.headers["www-authenticate"]).toBe(challenge && bearerChallenge(gateway, challenge));
  expectNothingInternal(gateway, answer);
}

/** The gateway's challenge with these parameters behind its own. */
export function bearerChallenge({ azure }: GatewayUnderTest, parameters: Readonly<Record<string, string>>): string {
  const { entra, seed } = azure;
  const all = {
    realm: "",
    authorization_uri: `${entra.url}/${seed.tenant.id}/oauth2/v2.0/authorize`,
    client_id: seed.gateway.clientId,
    ...parameters,
  };
  return `Bearer ${Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(", ")}`;
}
