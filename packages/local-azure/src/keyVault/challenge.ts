import {
  type AccessTokenVerifier,
  bearerToken,
  SigningKeysUnavailableError,
  TokenRefusedError,
} from "../net/accessTokenVerifier.ts";
import { KeyVaultError } from "./errors.ts";
import { type Principal, principalOf } from "./principal.ts";

const RESOURCE = "https://vault.azure.net";
const APPLICATION_ID = "cfa8b339-82a2-471a-a3c9-0fc0be7a4093";

/** The `aud` values that Key Vault takes: its resource, or its application id. */
export const KEY_VAULT_AUDIENCES: readonly string[] = [RESOURCE, APPLICATION_ID];

/**
 * The principal of a request's bearer token.
 * @param authority `{Entra ID}/{tenant}`, which the challenge sends callers to.
 * @throws KeyVaultError 401 with a challenge for no token or one that does not hold; 503 when the issuer's keys cannot be had.
 */
export async function authenticate(
  authorization: string | undefined,
  verifier: AccessTokenVerifier,
  authority: string,
): Promise<Principal> {
  const token = bearerToken(authorization);
  if (token === undefined) throw unauthorized(authority, "AKV10000: Request is missing a Bearer or PoP token.");
  try {
    return principalOf(await verifier.verify(token));
  } catch (error) {
    if (error instanceof TokenRefusedError) throw unauthorized(authority, wording(error, verifier.issuers));
    if (error instanceof SigningKeysUnavailableError)
      throw new KeyVaultError(503, "ServiceUnavailable", error.message, { headers: { "retry-after": "1" } });
    throw error;
  }
}

function unauthorized(authority: string, message: string): KeyVaultError {
  return new KeyVaultError(401, "Unauthorized", message, {
    headers: { "www-authenticate": `Bearer authorization="${authority}", resource="${RESOURCE}"` },
  });
}

function wording({ flaw, found, message }: TokenRefusedError, issuers: readonly string[]): string {
  if (flaw === "audience")
    return `AKV10022: Invalid audience. Expected ${KEY_VAULT_AUDIENCES.join(" or ")}, found: ${found}.`;
  if (flaw === "issuer") return `AKV10032: Invalid issuer. Expected one of ${issuers.join(", ")}, found ${found}.`;
  return `Error validating token: ${message}`;
}
