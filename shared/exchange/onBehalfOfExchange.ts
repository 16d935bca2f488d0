import type { AuthenticationResult, Configuration } from "@azure/msal-node";
import { AuthError, ClientAuthErrorCodes, ConfidentialClientApplication, LogLevel } from "@azure/msal-node";
import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { AzureAdSettings, DownstreamApiSettings } from "../config/settings.ts";
import type { ClientCredential } from "../credentials/clientCredential.ts";
import { CredentialLoadError } from "../credentials/clientCredential.ts";
import { isMultiTenant, metadataUrl, tokenUrl } from "../entra/authority.ts";
import { MsalNetwork, TokenRequestError } from "../entra/tokenEndpoint.ts";
import { ExchangeFailedError } from "../errors/errors.ts";
import type { ValidatedAssertion } from "../inbound/userTokenValidator.ts";
import type { HttpClient } from "../net/httpClient.ts";
import { Secret } from "../secret.ts";
import { appTokenFailure, exchangeFailure } from "./exchangeFailure.ts";
import type { AccessToken } from "./tokenCache.ts";

/** One exchange: whose token, for which API. */
export interface ExchangeRequest {
  readonly user: ValidatedAssertion;
  readonly api: DownstreamApiSettings;
  readonly correlationId: string;
  /** Claims that a downstream API or a Conditional Access policy challenged for, as JSON text. */
  readonly claims?: string;
}

export interface OnBehalfOfExchangeOptions {
  readonly azureAd: AzureAdSettings;
  readonly http: HttpClient;
  readonly now: Clock;
}

/**
 * The OAuth 2.0 On-Behalf-Of flow at Entra ID. MSAL makes the request and reads the metadata; it keeps nothing:
 * its cache costs time per user, and what it remembers of one user's failure it holds against all.
 */
export class OnBehalfOfExchange {
  readonly #options: OnBehalfOfExchangeOptions;
  readonly #network: MsalNetwork;
  readonly #clients: ConfidentialClients;

  constructor(options: OnBehalfOfExchangeOptions) {
    this.#options = options;
    this.#network = new MsalNetwork(options.http);
    this.#clients = new ConfidentialClients(options.azureAd, this.#network);
  }

  /**
   * Exchanges token A for token B; for an API that takes no users, gets the app's own token instead.
   * @throws a GatewayError for every way it can fail (see docs/errors.md), which is a CredentialRejectedError where Entra
   * ID does not accept the credential; CredentialLoadError where the credential cannot sign.
   */
  async exchange(request: ExchangeRequest, credential: ClientCredential): Promise<AccessToken> {
    const { user, api } = request;
    const { azureAd, now } = this.#options;
    // A user's token is exchanged where the user lives: another tenant's endpoint would not know it. An app of several
    // tenants acts in the user's too, with what that tenant's administrator granted it.
    const tenant = isMultiTenant(azureAd) ? user.tenantId : azureAd.tenantId;
    const client = this.#clients.of(credential, tenant);
    let result: AuthenticationResult | null;
    try {
      result = await acquired(client, request);
    } catch (error) {
      throw this.#asFailure(error, api, tenant, credential);
    } finally {
      client.clearCache();
    }
    return tokenOf(result, user.assertion, now());
  }

  #asFailure(error: unknown, api: DownstreamApiSettings, tenant: string, credential: ClientCredential): Error {
    // MSAL passes on untouched what the signing of the client assertion throws.
    if (error instanceof CredentialLoadError) return error;
    const { azureAd, now } = this.#options;
    const failed = this.#requestFailure(error, tenant);
    if (failed === undefined) {
      const reason = error instanceof Error ? error.message : String(error);
      return new ExchangeFailedError({
        diagnosis: `The exchange failed before an answer came: ${reason}`,
        cause: error,
      });
    }
    const failure = exchangeFailure(failed.outcome, {
      scopes: api.scopes,
      consentUri: consentUri(azureAd, tenant, api.scopes),
      credential: credential.label,
      nowMs: now(),
    });
    return api.requestAppToken ? appTokenFailure(failure) : failure;
  }

  #requestFailure(error: unknown, tenant: string): TokenRequestError | undefined {
    if (error instanceof TokenRequestError) return error;
    const noMetadata = error instanceof AuthError && error.errorCode === ClientAuthErrorCodes.endpointResolutionError;
    return noMetadata ? this.#network.metadataFailure(metadataUrl(this.#options.azureAd.instance, tenant)) : undefined;
  }
}

function acquired(
  client: ConfidentialClientApplication,
  { user, api, correlationId, claims }: ExchangeRequest,
): Promise<AuthenticationResult | null> {
  const asked = {
    scopes: [...api.scopes],
    correlationId,
    skipCache: true,
    ...(claims === undefined ? {} : { claims }),
  };
  return api.requestAppToken
    ? client.acquireTokenByClientCredential(asked)
    : client.acquireTokenOnBehalfOf({ ...asked, oboAssertion: user.assertion.reveal() });
}

function tokenOf(result: AuthenticationResult | null, assertion: Secret, nowMs: number): AccessToken {
  const expiresOnMs = result?.expiresOn?.getTime() ?? 0;
  if (result === null || result.accessToken === "" || expiresOnMs <= nowMs) {
    throw new ExchangeFailedError({ diagnosis: "The token endpoint answered with a token that is not valid now." });
  }
  const token = new Secret(result.accessToken);
  // Token A must never reach a downstream API, not even by a token endpoint's mistake.
  if (token.equals(assertion)) {
    throw new ExchangeFailedError({ diagnosis: "The token endpoint answered with the assertion itself." });
  }
  return { token, expiresOnMs };
}

/** Where an administrator grants what is missing ("Admin consent on the Microsoft identity platform"). */
function consentUri({ instance, clientId }: AzureAdSettings, tenant: string, scopes: readonly string[]): string {
  const query = new URLSearchParams({ client_id: clientId, scope: scopes.join(" ") });
  return `${instance}/${tenant}/v2.0/adminconsent?${query}`;
}

const MAX_CLIENTS = 100;

/** MSAL's clients, by credential and tenant: each signs for one token endpoint and remembers its metadata. */
export class ConfidentialClients {
  readonly #azureAd: AzureAdSettings;
  readonly #network: MsalNetwork;
  readonly #clients = new WeakMap<ClientCredential, LRUCache<string, ConfidentialClientApplication>>();

  constructor(azureAd: AzureAdSettings, network: MsalNetwork) {
    this.#azureAd = azureAd;
    this.#network = network;
  }

  of(credential: ClientCredential, tenant: string): ConfidentialClientApplication {
    let clients = this.#clients.get(credential);
    if (clients === undefined) {
      clients = new LRUCache({ max: MAX_CLIENTS });
      this.#clients.set(credential, clients);
    }
    let client = clients.get(tenant);
    if (client === undefined) {
      client = new ConfidentialClientApplication(this.#configuration(credential, tenant));
      clients.set(tenant, client);
    }
    return client;
  }

  #configuration({ proof }: ClientCredential, tenant: string): Configuration {
    const { instance, clientId, clientCapabilities } = this.#azureAd;
    const proven =
      proof.kind === "secret"
        ? { clientSecret: proof.secret.reveal() }
        : { clientAssertion: () => proof.sign(tokenUrl(instance, tenant)) };
    return {
      auth: {
        clientId,
        authority: `${instance}/${tenant}`,
        // The settings vouch for the instance: MSAL need not ask Microsoft's public cloud about it.
        knownAuthorities: [new URL(instance).host],
        clientCapabilities: [...clientCapabilities],
        ...proven,
      },
      system: {
        networkClient: this.#network,
        // MSAL's log lines can hold personal data; ours say what matters.
        loggerOptions: { logLevel: LogLevel.Error, piiLoggingEnabled: false, loggerCallback: () => undefined },
      },
    };
  }
}
