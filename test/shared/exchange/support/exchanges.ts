import { decodeJwt } from "jose";
import type { Dispatcher } from "undici";
import { loadSettings } from "../../../../shared/config/loadSettings.ts";
import type { DownstreamApiSettings } from "../../../../shared/config/settings.ts";
import type { ClientCredential } from "../../../../shared/credentials/clientCredential.ts";
import { GatewayError } from "../../../../shared/errors/errors.ts";
import { OnBehalfOfExchange } from "../../../../shared/exchange/onBehalfOfExchange.ts";
import type { AccessToken } from "../../../../shared/exchange/tokenCache.ts";
import type { ValidatedAssertion } from "../../../../shared/inbound/userTokenValidator.ts";
import { createHttpClient } from "../../../../shared/net/httpClient.ts";
import { Secret } from "../../../../shared/secret.ts";
import { apiSettings } from "../../downstream/support/apiSettings.ts";

const REQUEST_TIMEOUT_MS = 10_000;
export const CORRELATION_ID = "6f0c8c1e-8a2b-4a63-b2bb-5c3c5c7c3b5d";
export const CREDENTIAL_LABEL = "AzureAd__ClientCredentials__0 (ClientSecret)";

export interface GatewayOptions {
  readonly instance: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly secret: string;
  readonly dispatcher: Dispatcher;
  readonly requestTimeoutMs?: number;
  /** Further settings, by the name that follows `AzureAd__`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly now?: () => number;
}

/** The exchange as the gateway makes it: real MSAL, over connections that trust the test's CA. */
export interface Gateway {
  readonly exchange: OnBehalfOfExchange;
  readonly credential: ClientCredential;
  /** Exchanges a token A for one with these scopes. */
  accessToken(assertion: string, scopes: readonly string[], more?: ExchangeMore): Promise<AccessToken>;
  /** The error that an exchange ends with. */
  failure(assertion: string, scopes: readonly string[], more?: ExchangeMore): Promise<GatewayError>;
}

export interface ExchangeMore {
  readonly claims?: string;
  readonly credential?: ClientCredential;
  readonly requestAppToken?: boolean;
}

export function gatewayOf(options: GatewayOptions): Gateway {
  const { dispatcher, requestTimeoutMs = REQUEST_TIMEOUT_MS, now = Date.now } = options;
  const { azureAd } = loadSettings(environmentOf(options), { longestCallMs: 290_000 });
  const exchange = new OnBehalfOfExchange({ azureAd, http: createHttpClient(requestTimeoutMs, dispatcher), now });
  const credential = secretCredential(options.secret);
  const accessToken: Gateway["accessToken"] = (assertion, scopes, more = {}) =>
    exchange.exchange(
      {
        user: userOf(assertion),
        api: apiWith(scopes, more.requestAppToken),
        correlationId: CORRELATION_ID,
        ...(more.claims === undefined ? {} : { claims: more.claims }),
      },
      more.credential ?? credential,
    );
  return {
    exchange,
    credential,
    accessToken,
    async failure(assertion, scopes, more) {
      try {
        await accessToken(assertion, scopes, more);
      } catch (error) {
        if (error instanceof GatewayError) return error;
        throw error;
      }
      throw new Error("The exchange brought a token.");
    },
  };
}

export function secretCredential(secret: string): ClientCredential {
  return { label: CREDENTIAL_LABEL, expiresOnMs: undefined, proof: { kind: "secret", secret: new Secret(secret) } };
}

/** What the validator makes of a token A. */
function userOf(assertion: string): ValidatedAssertion {
  const claims = decodeJwt<{ oid: string; tid: string; scp: string }>(assertion);
  return {
    assertion: new Secret(assertion),
    claims,
    tenantId: claims.tid,
    userId: claims.oid,
    clientAppId: undefined,
    scopes: claims.scp.split(" "),
    expiresOnMs: (claims.exp ?? 0) * 1_000,
  };
}

function apiWith(scopes: readonly string[], requestAppToken = false): DownstreamApiSettings {
  return apiSettings({ name: "any", scopes, requestAppToken });
}

function environmentOf({ instance, tenantId, clientId, settings = {} }: GatewayOptions): Record<string, string> {
  const more = Object.entries(settings).map(([name, value]) => [`AzureAd__${name}`, value]);
  return {
    AzureAd__Instance: instance,
    AzureAd__TenantId: tenantId,
    AzureAd__ClientId: clientId,
    AzureAd__ClientCredentials__0__SourceType: "ClientSecret",
    AzureAd__ClientCredentials__0__ClientSecret: "not used: the tests bring the credential",
    DownstreamApis__any__BaseUrl: "https://any.example",
    DownstreamApis__any__Scopes: "any",
    ...Object.fromEntries(more),
  };
}
