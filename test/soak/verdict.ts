import { SEEN_HEADERS } from "@obo-gateway/local-azure/downstream/downstream.ts";
import type { Received } from "./client.ts";
import type { PlannedCall } from "./plannedCall.ts";
import { describeReceived, jsonOf } from "./plannedCall.ts";
import { secretIn } from "./secrets.ts";

/** What a received answer is to the caller: its own success, or a failure by name. */
export interface Verdict {
  /** `ok`, a problem's code, `api 503` (the API's own answer), `cut`, `no answer`, ... */
  readonly label: string;
  /** Why it cannot be right, whatever else happens at the time. */
  readonly wrong?: string;
  /** What the call's judge says: right only when a fault of the time explains it. */
  readonly complaint?: string;
}

export interface CallFacts {
  readonly planned: PlannedCall;
  readonly correlationId: string;
  readonly secrets: readonly string[];
}

/** Status of each problem that a fault may bring (docs/errors.md). */
export const PROBLEM_STATUS: Readonly<Record<string, number>> = {
  gateway_misconfigured: 502,
  exchange_failed: 502,
  downstream_unreachable: 502,
  too_many_concurrent_calls: 429,
  throttled: 503,
  identity_provider_unavailable: 503,
  credential_unavailable: 503,
  downstream_busy: 503,
  identity_provider_timeout: 504,
  downstream_timeout: 504,
};
const PROBLEM = "application/problem+json";
const NO_BODY_PROBLEM = "problem ";

/** Looks at everything in an answer that does not depend on what is wrong around the gateway at the time. */
export function verdictOf(received: Received, facts: CallFacts): Verdict {
  const { planned } = facts;
  const label = labelOf(received);
  const wrong = breach(received, facts, label);
  if (wrong !== undefined) return { label, wrong };
  const complaint = planned.judge(received);
  return complaint === undefined
    ? { label: "ok" }
    : { label, complaint: `${complaint}; got ${describeReceived(received)}` };
}

/** Whether a failure is among those that a fault may bring. */
export function isAmong(label: string, allowed: readonly string[]): boolean {
  if (allowed.includes(label)) return true;
  // The answer to a HEAD has no body that would tell the code.
  return (
    label.startsWith(NO_BODY_PROBLEM) && allowed.some((code) => `${NO_BODY_PROBLEM}${PROBLEM_STATUS[code]}` === label)
  );
}

function labelOf(received: Received): string {
  if (received.kind === "cut") return "cut";
  if (received.kind === "nothing") return "no answer";
  if (received.kind === "given up") return "no end";
  const { status, headers, body } = received;
  if (headers[SEEN_HEADERS.user] !== undefined) return `api ${status}`;
  if (headers["content-type"] !== PROBLEM) return `HTTP ${status}`;
  return body.length === 0 ? `${NO_BODY_PROBLEM}${status}` : String(jsonOf(body).code);
}

function breach(received: Received, { planned, correlationId, secrets }: CallFacts, label: string): string | undefined {
  if (received.kind === "nothing" || received.kind === "given up") return undefined;
  const { status, headers, body } = received;
  if (status === 500) return `HTTP 500: ${describeReceived(received)}`;
  if (PROBLEM_STATUS[label] !== undefined && PROBLEM_STATUS[label] !== status)
    return `${label} came with status ${status}`;
  if (headers["x-correlation-id"] !== correlationId) return "the answer has another call's correlation id";
  const text = /json|text/.test(String(headers["content-type"])) ? body.toString("utf8") : "";
  const stranger = strangers(received, planned, correlationId);
  if (stranger !== undefined) return stranger;
  const secret = secretIn(`${JSON.stringify(headers)}\n${text}`, secrets);
  if (secret !== undefined) return `the answer holds ${secret}`;
  return wrongBytes(received, planned);
}

/** The API says whose token B it saw, for which API, and on which request: it must be this caller's own. */
function strangers(
  { status, headers }: Extract<Received, { kind: "answer" | "cut" }>,
  { api, person }: PlannedCall,
  correlationId: string,
): string | undefined {
  const seen = (name: keyof typeof SEEN_HEADERS): unknown => headers[SEEN_HEADERS[name]];
  if (seen("user") === undefined)
    return api !== undefined && person !== undefined && status < 400
      ? "nothing says for whom the API answered"
      : undefined;
  if (seen("user") !== person?.oid)
    return `the API answered for user ${seen("user")}, not for the caller ${person?.oid}`;
  if (seen("audience") !== api?.audience) return `the API ${seen("audience")} answered, not ${api?.name}`;
  if (seen("request") !== correlationId) return "the API's answer is to another request";
  return undefined;
}

function wrongBytes(
  received: Extract<Received, { kind: "answer" | "cut" }>,
  { whole }: PlannedCall,
): string | undefined {
  if (whole === undefined || received.kind !== "cut") return undefined;
  const { body } = received;
  return body.equals(whole.subarray(0, body.length))
    ? undefined
    : `of a body that was cut, the ${body.length} bytes are wrong`;
}
