import { CATALOGUE } from "./catalogue.ts";
import type { ChallengeRealm } from "./challenge.ts";
import { bearerChallenge } from "./challenge.ts";
import type { GatewayError } from "./errors.ts";

const DOCUMENTATION = "https://github.com/obo-gateway/obo-gateway/blob/main/docs/errors.md";

/** A failure as it goes over the wire. */
export interface ProblemResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** The one place where failures become HTTP: problem+json (RFC 9457), Bearer challenge (RFC 6750), Retry-After. */
export function problemResponse(
  error: GatewayError,
  correlationId: string,
  realm: ChallengeRealm | undefined,
): ProblemResponse {
  const { status, title } = CATALOGUE[error.code];
  const problem = {
    type: `${DOCUMENTATION}#${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    correlationId,
    ...error.members,
  };
  const headers: [string, string][] = [
    ["content-type", "application/problem+json"],
    // A challenge or an outage of one moment must not be served to anyone later.
    ["cache-control", "no-store"],
  ];
  if (error.challenge !== undefined) headers.push(["www-authenticate", bearerChallenge(error.challenge, realm)]);
  if (error.allow !== undefined) headers.push(["allow", error.allow.join(", ")]);
  if (error.members.retryAfter !== undefined) headers.push(["retry-after", String(error.members.retryAfter)]);
  return { status, headers, body: JSON.stringify(problem) };
}
