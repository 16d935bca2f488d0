import { GatewayAuthenticationRequiredError } from "../errors/gatewayAuthenticationRequiredError.ts";
import { TokenMissingError } from "../errors/tokenMissingError.ts";
import type { Secret } from "../secret.ts";
import type { AssertionValidator } from "./assertionValidator.ts";
import { bearerToken } from "./bearerToken.ts";
import type { GatewayAuthenticator } from "./gatewayAuthenticator.ts";
import type { ValidatedAssertion } from "./validatedAssertion.ts";

/** Where a gateway that authenticates itself puts token A. Microsoft's policies use the same name. */
export const FORWARDED_AUTHORIZATION = "x-forwarded-authorization";

/** Who calls, and for which user. */
export class CallerAuthenticator {
  readonly #validator: Pick<AssertionValidator, "validate">;
  readonly #gateway: Pick<GatewayAuthenticator, "authenticate"> | undefined;

  /** @param gateway undefined: users' clients call directly, with token A in `Authorization` */
  constructor(
    validator: Pick<AssertionValidator, "validate">,
    gateway: Pick<GatewayAuthenticator, "authenticate"> | undefined,
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
   * @throws as GatewayAuthenticator.authenticate, bearerToken and AssertionValidator.validate do.
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
