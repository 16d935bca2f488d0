import type { Answer } from "../../support/gatewayClient.ts";
import type { GatewayUnderTest } from "../../support/gatewayUnderTest.ts";
import { expectProblem, PROBLEMS } from "../../support/problem.ts";

const SCOPE = "access_as_user";
const RETRY_AFTER_S = 10;

/** What the policies say of each code that they answer themselves. */
const DETAILS = {
  token_missing: "Send the user's access token for this API: Authorization: Bearer <token>.",
  invalid_token: "The access token is not a valid one for this API.",
  token_expired: "The access token expired. Get a new one and try again.",
  insufficient_scope: `The access token lacks the scope ${SCOPE}.`,
  client_not_allowed: "The client app that this token was issued to may not call this API.",
  invalid_request: "The request cannot be passed on.",
  invalid_target: "The path could be read as leading elsewhere.",
  path_not_allowed: "This path of the downstream API profile is not open here.",
  method_not_allowed: "The downstream API takes other methods here.",
  downstream_unreachable: "The downstream API's answer cannot be passed on.",
  not_found: "This API has no such operation.",
  request_too_large: "A body with a length may have 100 MiB; send a larger one in chunks.",
  too_many_requests: "This user sent too many requests.",
  request_headers_too_large: "All headers together may have 24 KiB.",
  internal_error: "Something unexpected happened. The operator finds it in the log under the correlation id.",
  upgrade_not_supported: "WebSocket and other protocol upgrades cannot pass here; use server-sent events or polling.",
  gateway_misconfigured:
    "The gateway cannot obtain its own token. Its operator can find out why with the correlation id.",
  exchange_failed: "The gateway's own token could not be obtained.",
  identity_provider_unavailable: "The gateway's own token cannot be had now: try again after 10 s.",
  gateway_unavailable: "The function app does not answer: try again after 10 s.",
  gateway_timeout: "The call took longer than it may.",
} as const;

export type PolicyCode = keyof typeof DETAILS;

export interface Expected {
  readonly detail?: string;
  readonly retryAfter?: number;
}

/** The whole answer of a policy: the same shape as the function's own problems, member by member and header by header. */
export function expectPolicyProblem(
  functions: GatewayUnderTest,
  answer: Answer,
  code: PolicyCode,
  expected: Expected = {},
): void {
  const [status] = PROBLEMS[code];
  const { detail = DETAILS[code], retryAfter = status === 503 ? RETRY_AFTER_S : undefined } = expected;
  const challenge = challengeOf(code, status, detail);
  expectProblem(functions, answer, {
    code,
    detail,
    ...(code === "insufficient_scope" ? { members: { scopes: [SCOPE] } } : {}),
    ...(challenge === undefined ? {} : { challenge }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

function challengeOf(code: PolicyCode, status: number, detail: string): Record<string, string> | undefined {
  if (status !== 401 && status !== 403) return undefined;
  if (code === "path_not_allowed") return undefined;
  if (code === "token_missing") return {};
  return {
    error: status === 401 ? "invalid_token" : "insufficient_scope",
    error_description: detail,
    ...(code === "insufficient_scope" ? { scope: SCOPE } : {}),
  };
}
