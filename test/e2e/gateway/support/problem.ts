import { expect } from "vitest";
import type { LocalAzure } from "../../../../local/azure.ts";
import type { Answer } from "../../support/gatewayClient.ts";
import type { GatewayUnderTest } from "../../support/gatewayUnderTest.ts";
import { expectNothingInternal } from "../../support/leaks.ts";

/** Status, title and detail of what the policies, and the functions for gateways, answer. */
const PROBLEMS = {
  token_missing: [
    401,
    "An access token is required",
    "Send the user's access token for this API: Authorization: Bearer <token>.",
  ],
  invalid_token: [401, "The access token was not accepted", "The access token is not a valid one for this API."],
  token_expired: [401, "The access token expired", "The access token expired. Get a new one and try again."],
  insufficient_scope: [403, "The access token lacks a scope", "The access token lacks the scope access_as_user."],
  client_not_allowed: [
    403,
    "This client app may not call the gateway",
    "The client app that this token was issued to may not call this API.",
  ],
  invalid_request: [400, "The request is malformed", "The request cannot be passed on."],
  not_found: [404, "There is nothing at this address", "This API has no such operation."],
  request_too_large: [
    413,
    "The request body is too large",
    "A body with a length may have 100 MiB; send a larger one in chunks.",
  ],
  too_many_requests: [429, "Too many requests", "This user sent too many requests."],
  request_headers_too_large: [431, "The request headers are too large", "All headers together may have 24 KiB."],
  upgrade_not_supported: [
    501,
    "Protocol upgrades are not supported",
    "WebSocket and other protocol upgrades cannot pass here; use server-sent events or polling.",
  ],
  gateway_misconfigured: [
    502,
    "The gateway cannot act for users",
    "The gateway cannot obtain its own token. Its operator can find out why with the correlation id.",
  ],
  exchange_failed: [
    502,
    "The identity provider's answer was not understood",
    "The gateway's own token could not be obtained.",
  ],
  identity_provider_unavailable: [
    503,
    "The identity provider is unavailable",
    "The gateway's own token cannot be had now: try again after 10 s.",
  ],
  gateway_unavailable: [503, "The gateway is unavailable", "The function app does not answer: try again after 10 s."],
  gateway_timeout: [504, "The gateway did not answer in time", "The call took longer than it may."],
} as const;

export type PolicyCode = keyof typeof PROBLEMS;

export interface Expected {
  readonly detail?: string;
  readonly retryAfter?: unknown;
}

/** The whole answer of a policy: status, headers and every member; and that it tells nothing that is not for the caller. */
export function expectPolicyProblem(
  functions: GatewayUnderTest,
  answer: Answer,
  code: PolicyCode,
  expected: Expected = {},
): void {
  const [status, title, usual] = PROBLEMS[code];
  const { detail = usual, retryAfter = status === 503 ? 10 : undefined } = expected;
  const correlationId = answer.headers["x-correlation-id"];
  expect([answer.status, answer.body.toString("utf8")]).toEqual([status, expect.stringContaining(`"code":"${code}"`)]);
  expect(answer.json()).toEqual({
    type: `https://github.com/obo-gateway/obo-gateway/blob/main/docs/errors.md#${code}`,
    title,
    status,
    detail,
    code,
    correlationId,
    ...(code === "insufficient_scope" ? { scopes: ["access_as_user"] } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
  expect(correlationId).toMatch(/^[A-Za-z0-9._-]+$/);
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(answer.headers["cache-control"]).toBe("no-store");
  const seconds = answer.json().retryAfter;
  expect(answer.headers["retry-after"]).toBe(seconds === undefined ? undefined : String(seconds));
  expect(answer.headers["www-authenticate"]).toBe(challengeOf(functions.azure, code, status, detail));
  expectNothingInternal(functions, answer);
  expect(answer.body.toString("utf8")).not.toContain(functions.azure.seed.apiManagementSecret);
}

function challengeOf({ entra, seed }: LocalAzure, code: string, status: number, detail: string): string | undefined {
  if (status !== 401 && status !== 403) return undefined;
  const realm =
    `Bearer realm="", authorization_uri="${entra.url}/${seed.tenant.id}/oauth2/v2.0/authorize", ` +
    `client_id="${seed.gateway.clientId}"`;
  if (code === "token_missing") return realm;
  const error = status === 401 ? "invalid_token" : "insufficient_scope";
  const scope = code === "insufficient_scope" ? ', scope="access_as_user"' : "";
  return `${realm}, error="${error}", error_description="${detail}"${scope}`;
}
