import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import { GatewayAuthenticationRequiredError, TokenMissingError } from "../errors/errors.ts";
import type { Secret } from "../secret.ts";
import type { ApimAuthenticator } from "./apimAuthenticator.ts";
import { bearerToken } from "./tokenVerifier.ts";
import type { UserTokenValidator, ValidatedAssertion } from "./userTokenValidator.ts";

/** Where a gateway that authenticates itself puts token A. Microsoft's policies use the same name. */
export const FORWARDED_AUTHORIZATION = "x-forwarded-authorization";

/** Who calls, and for which user. */
export class CallerAuthenticator {
  readonly #validator: Pick<UserTokenValidator, "validate">;
  readonly #gateway: Pick<ApimAuthenticator, "authenticate"> | undefined;

  /** @param gateway undefined: users' clients call directly, with token A in `Authorization` */
  constructor(
    validator: Pick<UserTokenValidator, "validate">,
    gateway: Pick<ApimAuthenticator, "authenticate"> | undefined,
  ) {
    this.#validator = validator;
    this.#gateway = gateway;
  }

  /** Whether every call must come through a gateway. */
  get demandsGateway(): boolean {
    return this.#gateway !== undefined;
  }

  /**
   * The user whose token A the call carries. With a gateway it is read from `X-Forwarded-Authorization` and nowhere else;
   * without one that header means nothing: anyone could have sent it.
   * @throws as ApimAuthenticator.authenticate, bearerToken and UserTokenValidator.validate do.
   */
  async authenticate(header: (name: string) => string | undefined): Promise<ValidatedAssertion> {
    if (this.#gateway === undefined) return this.#validator.validate(bearerToken(header("authorization")));
    await this.#gateway.authenticate(gatewayToken(header("authorization")));
    return this.#validator.validate(bearerToken(header(FORWARDED_AUTHORIZATION)));
  }
}

function gatewayToken(authorization: string | undefined): Secret {
  try {
    return bearerToken(authorization);
  } catch (error) {
    if (!(error instanceof TokenMissingError)) throw error;
    throw new GatewayAuthenticationRequiredError("Authorization carries no Bearer token.");
  }
}

/** How long a verdict is believed: a user disabled, or a key withdrawn, is noticed within this time. */
const TRUSTED_MS = 300_000;
/** Claims are about as large as the token they come from, and objects take more room than text. */
const BYTES_PER_CHARACTER = 4;

interface Verdict<T> {
  readonly verdict: T;
  readonly sinceMs: number;
  readonly untilMs: number;
}

export interface CachedValidatorOptions {
  readonly maxBytes: number;
  readonly now: Clock;
}

/**
 * Remembers which tokens were found valid, so that a signature is not checked again for every call. Refusals are never
 * remembered. Tokens are remembered by their SHA-256.
 */
export function cachedValidator<T extends { readonly expiresOnMs: number }>(
  validate: (token: Secret) => Promise<T>,
  { maxBytes, now }: CachedValidatorOptions,
): (token: Secret) => Promise<T> {
  const verdicts = new LRUCache<string, Verdict<T>>({ maxSize: maxBytes });
  return async (token) => {
    const key = token.sha256;
    const nowMs = now();
    const known = verdicts.get(key);
    // A time before the verdict means that the clock was set back: then nobody knows how old it is.
    if (known !== undefined && nowMs < known.untilMs && nowMs >= known.sinceMs) return known.verdict;
    verdicts.delete(key);
    const verdict = await validate(token);
    const untilMs = Math.min(verdict.expiresOnMs, nowMs + TRUSTED_MS);
    const size = token.reveal().length * BYTES_PER_CHARACTER + key.length;
    if (nowMs < untilMs) verdicts.set(key, { verdict, sinceMs: nowMs, untilMs }, { size });
    return verdict;
  };
}
