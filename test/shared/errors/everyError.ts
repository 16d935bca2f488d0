import { AppOnlyTokenError } from "../../../shared/errors/appOnlyTokenError.ts";
import { ClientNotAllowedError } from "../../../shared/errors/clientNotAllowedError.ts";
import { ConsentRequiredError } from "../../../shared/errors/consentRequiredError.ts";
import { CredentialUnavailableError } from "../../../shared/errors/credentialUnavailableError.ts";
import { DownstreamApiUnknownError } from "../../../shared/errors/downstreamApiUnknownError.ts";
import { DownstreamBusyError } from "../../../shared/errors/downstreamBusyError.ts";
import { DownstreamTimeoutError } from "../../../shared/errors/downstreamTimeoutError.ts";
import { DownstreamUnavailableError } from "../../../shared/errors/downstreamUnavailableError.ts";
import { DownstreamUnreachableError } from "../../../shared/errors/downstreamUnreachableError.ts";
import { ExchangeFailedError } from "../../../shared/errors/exchangeFailedError.ts";
import { GatewayAuthenticationRequiredError } from "../../../shared/errors/gatewayAuthenticationRequiredError.ts";
import type { GatewayError } from "../../../shared/errors/gatewayError.ts";
import { GatewayMisconfiguredError } from "../../../shared/errors/gatewayMisconfiguredError.ts";
import { GatewayTimeoutError } from "../../../shared/errors/gatewayTimeoutError.ts";
import { IdentityProviderTimeoutError } from "../../../shared/errors/identityProviderTimeoutError.ts";
import { IdentityProviderUnavailableError } from "../../../shared/errors/identityProviderUnavailableError.ts";
import { InsufficientScopeError } from "../../../shared/errors/insufficientScopeError.ts";
import { InteractionRequiredError } from "../../../shared/errors/interactionRequiredError.ts";
import { InternalError } from "../../../shared/errors/internalError.ts";
import { InvalidRequestError } from "../../../shared/errors/invalidRequestError.ts";
import { InvalidTargetError } from "../../../shared/errors/invalidTargetError.ts";
import { InvalidTokenError } from "../../../shared/errors/invalidTokenError.ts";
import { MethodNotAllowedError } from "../../../shared/errors/methodNotAllowedError.ts";
import { NotFoundError } from "../../../shared/errors/notFoundError.ts";
import { PathNotAllowedError } from "../../../shared/errors/pathNotAllowedError.ts";
import { RequestTooLargeError } from "../../../shared/errors/requestTooLargeError.ts";
import { SettingsInvalidError } from "../../../shared/errors/settingsInvalidError.ts";
import { ThrottledError } from "../../../shared/errors/throttledError.ts";
import { TokenExpiredError } from "../../../shared/errors/tokenExpiredError.ts";
import { TokenMissingError } from "../../../shared/errors/tokenMissingError.ts";
import { TooManyConcurrentCallsError } from "../../../shared/errors/tooManyConcurrentCallsError.ts";
import { UpgradeNotSupportedError } from "../../../shared/errors/upgradeNotSupportedError.ts";

export const DIAGNOSIS = "for the operator's eyes";
export const CAUSE = new Error("the cause, for the operator's eyes");

/** One of each class of failure, with all that it may carry. */
export const EVERY_ERROR: readonly GatewayError[] = [
  new AppOnlyTokenError(),
  new ClientNotAllowedError("a-client"),
  new ConsentRequiredError(["a/b", "a/c"], "https://consent.example/?x=1", { errorCodes: [65001] }, DIAGNOSIS),
  new CredentialUnavailableError(DIAGNOSIS, 7, CAUSE),
  new DownstreamApiUnknownError(),
  new DownstreamBusyError("graph", 5),
  new DownstreamTimeoutError("graph", DIAGNOSIS, CAUSE),
  new DownstreamUnavailableError("graph", 30),
  new DownstreamUnreachableError("graph", CAUSE),
  new ExchangeFailedError({ diagnosis: DIAGNOSIS, cause: CAUSE }),
  new GatewayAuthenticationRequiredError(DIAGNOSIS),
  new GatewayMisconfiguredError(DIAGNOSIS, { cause: CAUSE, retryAfter: 9 }),
  new GatewayTimeoutError(290_000),
  new IdentityProviderTimeoutError(10_000),
  new IdentityProviderUnavailableError({ retryAfter: 10 }, DIAGNOSIS, { cause: CAUSE }),
  new InsufficientScopeError(["access_as_user"]),
  new InteractionRequiredError({ claims: '{"access_token":{}}', errorCodes: [50076] }, DIAGNOSIS),
  new InternalError(CAUSE),
  new InvalidRequestError("malformed"),
  new InvalidTargetError("refused"),
  new InvalidTokenError("wrong", { diagnosis: DIAGNOSIS, cause: CAUSE }),
  new MethodNotAllowedError("graph", ["GET", "HEAD"]),
  new NotFoundError("nothing here"),
  new PathNotAllowedError("graph"),
  new RequestTooLargeError("graph", 1_000),
  new SettingsInvalidError(DIAGNOSIS),
  new ThrottledError({ retryAfter: 30 }, DIAGNOSIS),
  new TokenExpiredError(),
  new TokenMissingError(),
  new TooManyConcurrentCallsError("graph", 32, 5),
  new UpgradeNotSupportedError(),
];
