import type { RejectionTraits } from "../credentials/clientCredential.ts";
import { CredentialRejectedError } from "../credentials/clientCredential.ts";
import { ENTRA_ERRORS, explain, failureKind } from "../entra/errorCodes.ts";
import type { TokenErrorAnswer, TokenRequestOutcome } from "../entra/tokenEndpoint.ts";
import type { GatewayError, ProblemMembers } from "../errors/errors.ts";
import {
  ConsentRequiredError,
  ExchangeFailedError,
  GatewayMisconfiguredError,
  IdentityProviderTimeoutError,
  IdentityProviderUnavailableError,
  InteractionRequiredError,
  InvalidTokenError,
  ThrottledError,
} from "../errors/errors.ts";
import { retryAfterSeconds } from "../net/httpClient.ts";
import { clockDifference } from "./negativeCache.ts";

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

const INVALID_CLIENT = "invalid_client";

/**
 * The client assertion is outside its time. As each is signed anew, or renewed before it ends, this machine's clock is
 * wrong: a newer certificate would be refused just the same, while a secret, or a token of the managed identity, works.
 */
const OUTSIDE_ITS_TIME = 700024;

/**
 * Codes that are about the credential and nothing else: another credential of the app may work. Sources: the list of
 * codes that is named in `ENTRA_ERRORS`; for certificates, Microsoft.Identity.Web's list of errors after which it loads
 * the certificate anew (700024, 700027, 7000214, 7000274, 7000277, 1000502); for 70021 and those that begin with it, Azure's
 * workload identity documentation and issues. They come as `invalid_client`, federated ones as `invalid_request` too.
 */
const CREDENTIAL: ReadonlySet<number> = new Set([
  70002,
  70021,
  70025,
  700021,
  700023,
  OUTSIDE_ITS_TIME,
  700027,
  700030,
  700211,
  700212,
  700213,
  1000502,
  7000214,
  7000215,
  7000222,
  7000274,
  7000277,
  7002131,
  7002137,
  7002138,
]);

/**
 * Whether Entra ID's error rejects the client credential. Not where it is about the app, whose every credential would
 * meet the same (700016: unknown; 7000112: disabled; 7000229: not in the user's tenant), nor where it may be about token A.
 * An unknown code with `invalid_client` may well be about the credential, but that is not certain.
 */
export function credentialRejection(error: string, codes: readonly number[]): RejectionTraits | undefined {
  if (codes.some((code) => CREDENTIAL.has(code))) {
    return { certain: true, newerMayCure: !codes.includes(OUTSIDE_ITS_TIME) };
  }
  const known = codes.some((code) => ENTRA_ERRORS.has(code));
  return error === INVALID_CLIENT && !known ? { certain: false, newerMayCure: true } : undefined;
}

/**
 * A failure to get the app's own token, as the caller meets it: no user took part, so none can cure it by signing in or
 * consenting, and a client told to try would do so for ever. Conditional Access can hold off apps too.
 */
export function appTokenFailure(failure: GatewayError): GatewayError {
  const aboutUsers =
    failure instanceof InteractionRequiredError ||
    failure instanceof ConsentRequiredError ||
    failure instanceof InvalidTokenError;
  if (!aboutUsers) return failure;
  return new GatewayMisconfiguredError(`The app's own token was refused. ${failure.diagnosis ?? ""}`, {
    cause: failure,
  });
}
