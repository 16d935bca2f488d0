import type { CredentialRing } from "../credentials/credentialRing.ts";
import type { AccessToken } from "./accessToken.ts";
import type { ExchangeRequest, OnBehalfOfExchange } from "./onBehalfOfExchange.ts";

/** Gets token B for a user and a downstream API: joins the app's credential with the exchange. */
export class TokenBroker {
  readonly #ring: CredentialRing;
  readonly #exchange: OnBehalfOfExchange;

  constructor(ring: CredentialRing, exchange: OnBehalfOfExchange) {
    this.#ring = ring;
    this.#exchange = exchange;
  }

  /** @throws a GatewayError; see docs/errors.md. */
  async accessToken(request: ExchangeRequest): Promise<AccessToken> {
    return this.#exchange.exchange(request, await this.#ring.current());
  }
}
