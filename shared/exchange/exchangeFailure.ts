import { CredentialRejectedError } from "../credentials/credentialRejectedError.ts";
import { ConsentRequiredError } from "../errors/consentRequiredError.ts";
import { ExchangeFailedError } from "../errors/exchangeFailedError.ts";
import type { GatewayError, ProblemMembers } from "../errors/gatewayError.ts";
import { GatewayMisconfiguredError } from "../errors/gatewayMisconfiguredError.ts";
import { IdentityProviderTimeoutError } from "../errors/identityProviderTimeoutError.ts";
import { IdentityProviderUnavailableError } from "../errors/identityProviderUnavailableError.ts";
import { InteractionRequiredError } from "../errors/interactionRequiredError.ts";
import { InvalidTokenError } from "../errors/invalidTokenError.ts";
import { ThrottledError } from "../errors/throttledError.ts";
import { retryAfterSeconds } from "../http/retryAfter.ts";
import { clockDifference } from "./clockDifference.ts";
import { credentialRejection } from "./credentialRejection.ts";
import { explain, failureKind } from "./entraErrors.ts";
import type { TokenErrorAnswer } from "./tokenAnswer.ts";
import type { TokenRequestOutcome } from "./tokenRequestError.ts";

const THROTTLED_RETRY_AFTER_S = 30;
const UNAVAILABLE_RETRY_AFTER_S = 10;
const TOO_MANY_REQUESTS = 429;
const FIRST_SERVER_ERROR = 500;

/** What the failure was about, for those that say how to cure it. */
export interface ExchangeContext {
  readonly scopes: readonly string[];
  readonly consentUri: string;
  /** The credential in use, for the log. */
  readonly credential: string;
  readonly nowMs: number;
}

/** How a token request that brought no token looks to the caller. */
export function exchangeFailure(outcome: TokenRequestOutcome, context: ExchangeContext): GatewayError {
  switch (outcome.kind) {
    case "timeout":
      return new IdentityProviderTimeoutError(outcome.limitMs);
    case "unreachable":
      return unavailable({}, undefined, noAnswer(outcome.cause), context, outcome.cause);
    case "garbled":
      if (outcome.status === TOO_MANY_REQUESTS) return throttled({}, outcome.retryAfter, outcome.reason, context);
      if (outcome.status >= FIRST_SERVER_ERROR) return unavailable({}, outcome.retryAfter, outcome.reason, context);
      return new ExchangeFailedError({ diagnosis: `The identity provider answered ${outcome.reason}.` });
    case "error":
      return ofAnswer(outcome.answer, outcome.status, outcome.retryAfter, context);
  }
}

/** With the reason: name resolution, a refused connection and a certificate are cured in three places. */
function noAnswer(cause: unknown): string {
  return `No answer from the identity provider: ${cause instanceof Error ? cause.message : String(cause)}.`;
}

function ofAnswer(
  answer: TokenErrorAnswer,
  status: number,
  retryAfter: string | undefined,
  context: ExchangeContext,
): GatewayError {
  const members: ProblemMembers = {
    errorCodes: answer.error_codes,
    ...(answer.trace_id === undefined ? {} : { traceId: answer.trace_id }),
  };
  const trace = answer.trace_id === undefined ? "" : ` Trace ID ${answer.trace_id}.`;
  const diagnosis = `${explain(answer.error, answer.error_codes)}${trace} Credential: ${context.credential}.`;
  // The status goes first: a 429 stays a 429, whatever its body says.
  const kind =
    status === TOO_MANY_REQUESTS ? "throttled" : failureKind(answer.error, answer.suberror, answer.error_codes);
  switch (kind) {
    case "interaction_required": {
      const claims = answer.claims;
      return new InteractionRequiredError({ ...members, ...(claims === undefined ? {} : { claims }) }, diagnosis);
    }
    case "consent_required":
      return new ConsentRequiredError(context.scopes, context.consentUri, members, diagnosis);
    case "invalid_token":
      return new InvalidTokenError("Entra ID did not accept the access token for the exchange. Sign in again.", {
        members,
        diagnosis,
      });
    case "gateway_misconfigured": {
      // The codes would tell a stranger what is wrong with the gateway: they go to the log alone.
      const rejection = credentialRejection(answer.error, answer.error_codes);
      if (rejection === undefined) return new GatewayMisconfiguredError(diagnosis);
      const clocks = rejection.newerMayCure ? "" : ` ${clockDifference(answer.timestamp, context.nowMs)}`;
      return new CredentialRejectedError(`${diagnosis}${clocks}`, rejection);
    }
    case "throttled":
      return throttled(members, retryAfter, diagnosis, context);
    case "identity_provider_unavailable":
      return unavailable(members, retryAfter, diagnosis, context);
    case undefined:
      if (status >= FIRST_SERVER_ERROR) return unavailable(members, retryAfter, diagnosis, context);
      return new ExchangeFailedError({ members, diagnosis });
  }
}

function throttled(
  members: ProblemMembers,
  header: string | undefined,
  diagnosis: string,
  { nowMs }: ExchangeContext,
): GatewayError {
  const retryAfter = retryAfterSeconds(header, nowMs, THROTTLED_RETRY_AFTER_S);
  return new ThrottledError({ ...members, retryAfter }, diagnosis);
}

function unavailable(
  members: ProblemMembers,
  header: string | undefined,
  diagnosis: string,
  { nowMs }: ExchangeContext,
  cause?: unknown,
): GatewayError {
  const retryAfter = retryAfterSeconds(header, nowMs, UNAVAILABLE_RETRY_AFTER_S);
  return new IdentityProviderUnavailableError({ ...members, retryAfter }, diagnosis, {
    cause,
    asksToWait: header !== undefined,
  });
}
