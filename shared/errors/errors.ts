import type { ErrorCode } from "./catalogue.ts";
import type { ChallengeParameters } from "./challenge.ts";

/** Members of the problem beyond type, title, status, detail, code and correlationId (RFC 9457, 3.2). */
export interface ProblemMembers {
  /** The claims to ask for at the next sign-in, as JSON text. */
  readonly claims?: string;
  readonly scopes?: readonly string[];
  readonly consentUri?: string;
  /** Entra ID's numbers (AADSTS...), and the ids under which its own logs hold the failure. */
  readonly errorCodes?: readonly number[];
  readonly traceId?: string;
  /** Whole seconds. */
  readonly retryAfter?: number;
}

export interface GatewayErrorOptions {
  /** For the log alone: what happened and how to cure it. Never a token or a secret. */
  readonly diagnosis?: string;
  readonly members?: ProblemMembers;
  /** Sent as `WWW-Authenticate: Bearer ...` (RFC 6750, 3). */
  readonly challenge?: ChallengeParameters;
  /** Sent as `Allow` (RFC 9110, 10.2.1). */
  readonly allow?: readonly string[];
  readonly cause?: unknown;
}

/**
 * A failure that the caller is told of. `message` is for the caller's developer: it names no internal address, no
 * credential and nothing of another user. What the operator needs goes into `diagnosis`.
 */
export abstract class GatewayError extends Error {
  abstract readonly code: ErrorCode;
  readonly diagnosis: string | undefined;
  readonly members: ProblemMembers;
  readonly challenge: ChallengeParameters | undefined;
  readonly allow: readonly string[] | undefined;

  constructor(message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.diagnosis = options.diagnosis;
    this.members = options.members ?? {};
    this.challenge = options.challenge;
    this.allow = options.allow;
  }
}

/** An app's own token has no user on whose behalf anything could be done. */
export class AppOnlyTokenError extends GatewayError {
  override readonly name = "AppOnlyTokenError";
  readonly code = "app_only_token";

  constructor() {
    const message = "The access token was issued to an app, without a user: it cannot be exchanged on behalf of one.";
    super(message, { challenge: { error: "insufficient_scope", errorDescription: message } });
  }
}

/** The token is good, but the app it was issued to is not on the list of those that may call. */
export class ClientNotAllowedError extends GatewayError {
  override readonly name = "ClientNotAllowedError";
  readonly code = "client_not_allowed";

  constructor(clientAppId: string | undefined) {
    const message = "The client app that this token was issued to may not call this API.";
    super(message, {
      diagnosis: `Client app ${clientAppId ?? "(none named in the token)"} is not in AzureAd__AllowedClientApplications.`,
      challenge: { error: "insufficient_scope", errorDescription: message },
    });
  }
}

/** Neither the user nor an administrator agreed that the gateway may call this downstream API for the user. */
export class ConsentRequiredError extends GatewayError {
  override readonly name = "ConsentRequiredError";
  readonly code = "consent_required";

  constructor(scopes: readonly string[], consentUri: string, members: ProblemMembers, diagnosis: string) {
    super(`Consent to ${scopes.join(" ")} is missing: an administrator, or the user, must grant it at consentUri.`, {
      diagnosis,
      members: { ...members, scopes, consentUri },
      challenge: { error: "insufficient_scope", scope: scopes, consentUri },
    });
  }
}

/** No client credential could be loaded (Key Vault is down or refuses, a file is missing). */
export class CredentialUnavailableError extends GatewayError {
  override readonly name = "CredentialUnavailableError";
  readonly code = "credential_unavailable";

  constructor(diagnosis: string, retryAfter: number, cause?: unknown) {
    super(`The gateway cannot prove itself to the identity provider: try again after ${retryAfter} s.`, {
      diagnosis,
      members: { retryAfter },
      cause,
    });
  }
}

export class DownstreamApiUnknownError extends GatewayError {
  override readonly name = "DownstreamApiUnknownError";
  readonly code = "downstream_api_unknown";

  constructor() {
    super("No downstream API of that name is configured.", {
      diagnosis:
        "Downstream APIs are the settings DownstreamApis__<name>__BaseUrl and __Scopes; names are compared exactly.",
    });
  }
}

/** No connection to the API became free in time, or too many calls wait for one already. The API may be well. */
export class DownstreamBusyError extends GatewayError {
  override readonly name = "DownstreamBusyError";
  readonly code = "downstream_busy";

  constructor(api: string, retryAfter: number) {
    super(`No connection to the downstream API ${api} is free: try again after ${retryAfter} s.`, {
      diagnosis: `All connections are in use (DownstreamApis__${api}__MaxConnections), and the call waited for DownstreamApis__${api}__QueueTimeoutSeconds, or the queue was full.`,
      members: { retryAfter },
    });
  }
}

export class DownstreamTimeoutError extends GatewayError {
  override readonly name = "DownstreamTimeoutError";
  readonly code = "downstream_timeout";

  constructor(api: string, diagnosis: string, cause?: unknown) {
    super(`The downstream API ${api} did not answer in time.`, { diagnosis, cause });
  }
}

/** It failed so often that it is left alone for a while: the API's circuit breaker is open. */
export class DownstreamUnavailableError extends GatewayError {
  override readonly name = "DownstreamUnavailableError";
  readonly code = "downstream_unavailable";

  constructor(api: string, retryAfter: number) {
    super(`The downstream API ${api} is left alone after many failures: try again after ${retryAfter} s.`, {
      diagnosis: `The circuit breaker is open (DownstreamApis__${api}__CircuitBreaker__Failures). The event circuit_opened says since when.`,
      members: { retryAfter },
    });
  }
}

/** No connection, or an answer that is not HTTP. */
export class DownstreamUnreachableError extends GatewayError {
  override readonly name = "DownstreamUnreachableError";
  readonly code = "downstream_unreachable";

  constructor(api: string, cause: unknown) {
    super(`The downstream API ${api} cannot be reached.`, { cause });
  }
}

/** The token endpoint answered something that is not the protocol, or a failure we have no better name for. */
export class ExchangeFailedError extends GatewayError {
  override readonly name = "ExchangeFailedError";
  readonly code = "exchange_failed";

  constructor(options: Omit<GatewayErrorOptions, "challenge">) {
    super("The token for this downstream API could not be obtained.", options);
  }
}

/** The call did not come through the gateway in front. Users' tokens alone open nothing then. */
export class GatewayAuthenticationRequiredError extends GatewayError {
  override readonly name = "GatewayAuthenticationRequiredError";
  readonly code = "gateway_authentication_required";

  constructor(diagnosis: string) {
    const message = "This address takes calls from its gateway only. Call the gateway's address instead.";
    super(message, { diagnosis, challenge: { error: "invalid_token", errorDescription: message } });
  }
}

export interface GatewayMisconfiguredOptions {
  readonly cause?: unknown;
  /** Whole seconds in which nothing is tried again. */
  readonly retryAfter?: number;
}

/** Entra ID rejected the gateway itself: its credential, its registration or the scopes it asks for. */
export class GatewayMisconfiguredError extends GatewayError {
  override readonly name = "GatewayMisconfiguredError";
  readonly code = "gateway_misconfigured";

  /** @param diagnosis what to fix; the caller is told nothing of it. */
  constructor(diagnosis: string, { cause, retryAfter }: GatewayMisconfiguredOptions = {}) {
    super("The gateway cannot obtain a token for this downstream API. Its operator can, with the correlation id.", {
      diagnosis,
      members: retryAfter === undefined ? {} : { retryAfter },
      cause,
    });
  }
}

/** The whole call took longer than a function may run: the host would end the worker, with every other call in it. */
export class GatewayTimeoutError extends GatewayError {
  override readonly name = "GatewayTimeoutError";
  readonly code = "gateway_timeout";

  constructor(limitMs: number) {
    super("The call took longer than it may.", {
      diagnosis: `${limitMs} ms passed: functionTimeout (host.json, AzureFunctionsJobHost__functionTimeout), less a margin.`,
    });
  }
}

export class IdentityProviderTimeoutError extends GatewayError {
  override readonly name = "IdentityProviderTimeoutError";
  readonly code = "identity_provider_timeout";

  /**
   * @param limitMs what `AzureAd__RequestTimeoutSeconds` comes to
   * @param purpose what was asked for, where it was not a token: it begins the diagnosis
   */
  constructor(limitMs: number, purpose = "", cause?: unknown) {
    super("The identity provider did not answer in time.", {
      diagnosis: `${purpose}No answer within ${limitMs} ms (AzureAd__RequestTimeoutSeconds).`,
      cause,
    });
  }
}

/** Entra ID cannot be reached, or says itself that it is out of order. */
export class IdentityProviderUnavailableError extends GatewayError {
  override readonly name = "IdentityProviderUnavailableError";
  readonly code = "identity_provider_unavailable";

  /** Whether Entra ID itself named the time to wait. */
  readonly asksToWait: boolean;

  constructor(
    members: ProblemMembers & { readonly retryAfter: number },
    diagnosis: string,
    { cause, asksToWait = false }: { readonly cause?: unknown; readonly asksToWait?: boolean } = {},
  ) {
    super(`The identity provider is unavailable: try again after ${members.retryAfter} s.`, {
      members,
      diagnosis,
      cause,
    });
    this.asksToWait = asksToWait;
  }
}

/** The user's client did not ask for a scope that this API demands. */
export class InsufficientScopeError extends GatewayError {
  override readonly name = "InsufficientScopeError";
  readonly code = "insufficient_scope";

  constructor(required: readonly string[]) {
    const message =
      required.length === 1
        ? `The access token lacks the scope ${required[0]}.`
        : `The access token has none of the scopes ${required.join(", ")}.`;
    super(message, {
      members: { scopes: required },
      challenge: { error: "insufficient_scope", errorDescription: message, scope: required },
    });
  }
}

/**
 * Entra ID wants the user in front of a screen (multi-factor authentication, Conditional Access, a changed password).
 * The client signs in again, with `claims` where there are some, and comes back with a new token.
 */
export class InteractionRequiredError extends GatewayError {
  override readonly name = "InteractionRequiredError";
  readonly code = "interaction_required";

  constructor(members: ProblemMembers, diagnosis?: string) {
    const { claims } = members;
    const message =
      claims === undefined
        ? "The user must sign in again before this downstream API can be called."
        : "The user must sign in again with the given claims before this downstream API can be called.";
    super(message, {
      members,
      ...(diagnosis === undefined ? {} : { diagnosis }),
      // Without claims there is nothing to satisfy: then only a new token helps (RFC 6750, 3.1).
      challenge:
        claims === undefined
          ? { error: "invalid_token", errorDescription: message }
          : { error: "insufficient_claims", claims },
    });
  }
}

/** Something that should not happen did. The caller learns nothing but the correlation id; the log has the stack. */
export class InternalError extends GatewayError {
  override readonly name = "InternalError";
  readonly code = "internal_error";

  constructor(cause: unknown) {
    super("Something unexpected happened. The operator finds it in the log under the correlation id.", { cause });
  }
}

/** The request itself is malformed (RFC 6750, 3.1: `invalid_request`). */
export class InvalidRequestError extends GatewayError {
  override readonly name = "InvalidRequestError";
  readonly code = "invalid_request";

  constructor(message: string) {
    super(message, { challenge: { error: "invalid_request", errorDescription: message } });
  }
}

/** The path could lead elsewhere than below the downstream API's base URL, so it is forwarded nowhere. */
export class InvalidTargetError extends GatewayError {
  override readonly name = "InvalidTargetError";
  readonly code = "invalid_target";
}

/** The token is forged, malformed, for someone else, or rejected by Entra ID as an assertion. */
export class InvalidTokenError extends GatewayError {
  override readonly name = "InvalidTokenError";
  readonly code = "invalid_token";

  constructor(message: string, options: Omit<GatewayErrorOptions, "challenge"> = {}) {
    super(message, { ...options, challenge: { error: "invalid_token", errorDescription: message } });
  }
}

/** The operator opened this downstream API for other verbs only (RFC 9110, 15.5.6: `Allow` names them). */
export class MethodNotAllowedError extends GatewayError {
  override readonly name = "MethodNotAllowedError";
  readonly code = "method_not_allowed";

  /** @param by what asked for another verb than the request line's; undefined: the request line itself */
  constructor(apiName: string, allowed: readonly string[], by?: string) {
    const verbs = `The downstream API ${apiName} takes ${allowed.join(", ")} here`;
    super(by === undefined ? `${verbs}.` : `${verbs}, and ${by} asks for another method.`, {
      allow: allowed,
      diagnosis: `DownstreamApis__${apiName}__AllowedMethods does not list the method.`,
    });
  }
}

/** The address belongs to none of the gateway's functions. */
export class NotFoundError extends GatewayError {
  override readonly name = "NotFoundError";
  readonly code = "not_found";
}

/** The operator opened other parts of this downstream API only. */
export class PathNotAllowedError extends GatewayError {
  override readonly name = "PathNotAllowedError";
  readonly code = "path_not_allowed";

  constructor(apiName: string) {
    super(`This path of the downstream API ${apiName} is not open here.`, {
      diagnosis: `The path is below none of DownstreamApis__${apiName}__AllowedPathPrefixes; case counts.`,
    });
  }
}

/** The body is longer than this downstream API may get. */
export class RequestTooLargeError extends GatewayError {
  override readonly name = "RequestTooLargeError";
  readonly code = "request_too_large";

  constructor(apiName: string, maxBytes: number) {
    super(`A request body for the downstream API ${apiName} may have ${maxBytes} bytes.`, {
      diagnosis: `The limit is DownstreamApis__${apiName}__MaxRequestBodyBytes.`,
    });
  }
}

/** The app refuses to serve with settings it cannot trust. What is wrong with them stands in the log, not in the answer. */
export class SettingsInvalidError extends GatewayError {
  override readonly name = "SettingsInvalidError";
  readonly code = "settings_invalid";

  constructor(diagnosis: string) {
    super("The gateway does not serve: its settings are wrong. The list of mistakes is in its log.", { diagnosis });
  }
}

/** HTTP 429 of the token endpoint. It concerns this user and this API: others go on. */
export class ThrottledError extends GatewayError {
  override readonly name = "ThrottledError";
  readonly code = "throttled";

  constructor(members: ProblemMembers & { readonly retryAfter: number }, diagnosis: string) {
    super(`Too many token requests for this user: try again after ${members.retryAfter} s.`, { members, diagnosis });
  }
}

/** The token was good once: the client gets a new one, silently as a rule. */
export class TokenExpiredError extends GatewayError {
  override readonly name = "TokenExpiredError";
  readonly code = "token_expired";

  constructor() {
    const message = "The access token expired. Get a new one and try again.";
    super(message, { challenge: { error: "invalid_token", errorDescription: message } });
  }
}

/** No token at all: RFC 6750, 3.1 wants a challenge without an error code then. */
export class TokenMissingError extends GatewayError {
  override readonly name = "TokenMissingError";
  readonly code = "token_missing";

  constructor() {
    super("Send the user's access token for this API: Authorization: Bearer <token>.", { challenge: {} });
  }
}

/** The user's own calls to this API use up the cap per user. Other users are not affected. */
export class TooManyConcurrentCallsError extends GatewayError {
  override readonly name = "TooManyConcurrentCallsError";
  readonly code = "too_many_concurrent_calls";

  constructor(api: string, maxCalls: number, retryAfter: number) {
    super(
      `This user has the most calls to the downstream API ${api} under way that one user may have (${maxCalls}): end some, or try again after ${retryAfter} s.`,
      {
        diagnosis: `The cap is DownstreamApis__${api}__MaxConcurrentCallsPerUser; the call waited for DownstreamApis__${api}__QueueTimeoutSeconds, or the user's queue was full.`,
        members: { retryAfter },
      },
    );
  }
}

export class UpgradeNotSupportedError extends GatewayError {
  override readonly name = "UpgradeNotSupportedError";
  readonly code = "upgrade_not_supported";

  constructor() {
    super("WebSocket and other protocol upgrades cannot pass an Azure Function; use server-sent events or polling.");
  }
}
