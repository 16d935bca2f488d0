import { loadSettings } from "../../../../shared/config/loadSettings.ts";
import type { AzureAdSettings } from "../../../../shared/config/settings.ts";
import { tenantKeys } from "../../../../shared/entra/signingKeys.ts";
import { GatewayError } from "../../../../shared/errors/errors.ts";
import type { ValidatedAssertion } from "../../../../shared/inbound/userTokenValidator.ts";
import { UserTokenValidator } from "../../../../shared/inbound/userTokenValidator.ts";
import { Secret } from "../../../../shared/secret.ts";
import type { IdentityProvider } from "./identityProvider.ts";

export const TENANT = "0a1b2c3d-1111-4111-8111-00000000000a";
export const OTHER_TENANT = "0a1b2c3d-2222-4222-8222-00000000000b";
export const PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad";
export const GATEWAY = "0a1b2c3d-3333-4333-8333-00000000000c";
export const CLIENT = "0a1b2c3d-4444-4444-8444-00000000000d";
export const USER = "0a1b2c3d-5555-4555-8555-00000000000e";
/** The time of every test that has no reason for another. */
export const NOW_S = 1_900_000_000;
export const LIFETIME_S = 3_600;

/** The `AzureAd` settings, by the names an operator writes. */
export function azureAd(settings: Readonly<Record<string, string>> = {}): AzureAdSettings {
  const named = Object.entries(settings).map(([name, value]) => [`AzureAd__${name}`, value]);
  const environment = {
    AzureAd__TenantId: TENANT,
    AzureAd__ClientId: GATEWAY,
    AzureAd__ClientCredentials__0__SourceType: "ClientSecret",
    AzureAd__ClientCredentials__0__ClientSecret: "not used here",
    DownstreamApis__any__BaseUrl: "https://any.example",
    DownstreamApis__any__Scopes: "any",
    ...Object.fromEntries(named),
  };
  return loadSettings(environment, { longestCallMs: 290_000 }).azureAd;
}

/** A user's access token, v2.0. */
export function v2Claims(instance: string, tenant = TENANT): Record<string, unknown> {
  return {
    aud: GATEWAY,
    iss: `${instance}/${tenant}/v2.0`,
    iat: NOW_S,
    nbf: NOW_S,
    exp: NOW_S + LIFETIME_S,
    azp: CLIENT,
    oid: USER,
    scp: "access_as_user",
    sub: "pairwise-subject",
    tid: tenant,
    ver: "2.0",
  };
}

/** A user's access token, v1.0. */
export function v1Claims(issuer: string, tenant = TENANT): Record<string, unknown> {
  const { azp, ...claims } = v2Claims("unused", tenant);
  return { ...claims, aud: `api://${GATEWAY}`, iss: `${issuer}/${tenant}/`, appid: azp, ver: "1.0" };
}

export function validatorOf(
  provider: IdentityProvider,
  settings: AzureAdSettings = azureAd(),
  now: () => number = () => NOW_S * 1_000,
): UserTokenValidator {
  const stale = (error: unknown): never => {
    throw error;
  };
  return new UserTokenValidator({
    azureAd: settings,
    keysOf: tenantKeys(settings, { http: provider.http, now, onStale: stale }),
    now,
  });
}

export function validate(validator: UserTokenValidator, token: string): Promise<ValidatedAssertion> {
  return validator.validate(new Secret(token));
}

/** The error that a token is refused with. */
export async function refusal(validator: UserTokenValidator, token: string): Promise<GatewayError> {
  try {
    await validate(validator, token);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("The token was accepted.");
}
