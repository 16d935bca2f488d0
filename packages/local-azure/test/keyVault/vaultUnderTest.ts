import { randomUUID } from "node:crypto";
import type { TokenCredential } from "@azure/identity";
import { CertificateClient } from "@azure/keyvault-certificates";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import type { AccessPolicy } from "../../src/keyVault/access.ts";
import { type LocalKeyVault, startKeyVault } from "../../src/keyVault/keyVault.ts";
import type { Permission } from "../../src/keyVault/roles.ts";
import { createCertificateAuthority } from "../../src/tls/certificateAuthority.ts";
import { startTokenIssuer, type TokenClaims, type TokenIssuer } from "../support/tokenIssuer.ts";
import { type Answer, createTrustingClient, type RequestOptions } from "../support/trustingClient.ts";

export const ALL: readonly Permission[] = [
  "secrets/get",
  "secrets/list",
  "secrets/set",
  "certificates/get",
  "certificates/list",
  "keys/get",
  "keys/list",
  "keys/sign",
];
export const AUDIENCE = "https://vault.azure.net";
export const API_VERSION = "api-version=7.4";

/** A vault with an issuer, a principal that may do everything, and two clients. */
export interface VaultUnderTest {
  readonly vault: LocalKeyVault;
  readonly issuer: TokenIssuer;
  readonly principal: string;
  token(claims?: TokenClaims): Promise<string>;
  /** As the principal; the path with its query. */
  ask(path: string, options?: RequestOptions): Promise<Answer>;
  askWith(token: string | undefined, path: string, options?: RequestOptions): Promise<Answer>;
  /** The real client of Azure, which does not try again. */
  secretClient(token?: () => Promise<string>): SecretClient;
  keyClient(token?: () => Promise<string>): KeyClient;
  /** @param keyId with or without a version. */
  cryptographyClient(keyId: string, token?: () => Promise<string>): CryptographyClient;
  certificateClient(token?: () => Promise<string>): CertificateClient;
  close(): Promise<void>;
}

export async function startVaultUnderTest(
  more: { model?: AccessPolicy["model"]; now?: () => number } = {},
): Promise<VaultUnderTest> {
  const authority = await createCertificateAuthority();
  const tls = await authority.issue();
  const issuer = await startTokenIssuer(tls, more.now);
  const principal = randomUUID();
  const vault = await startKeyVault({
    tls,
    entraUrl: issuer.url,
    tenantId: issuer.tenantId,
    trustedCa: authority.certificatePem,
    access: { grants: { [principal]: ALL }, ...(more.model && { model: more.model }) },
    ...(more.now && { now: more.now }),
  });
  const client = createTrustingClient(authority.certificatePem);
  const token = (claims: TokenClaims = {}): Promise<string> =>
    issuer.token({ aud: AUDIENCE, oid: principal, ...claims });
  const askWith: VaultUnderTest["askWith"] = (bearer, path, options = {}) =>
    client.ask(vault.url, path, {
      ...options,
      headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
    });
  const credential = (bearer: () => Promise<string>): TokenCredential => ({
    getToken: async () => ({ token: await bearer(), expiresOnTimestamp: Date.now() + 3_600_000 }),
  });
  const options = {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: authority.certificatePem },
    retryOptions: { maxRetries: 0 },
  };
  return {
    vault,
    issuer,
    principal,
    token,
    askWith,
    ask: async (path, options) => askWith(await token(), path, options),
    secretClient: (bearer = token) => new SecretClient(vault.url, credential(bearer), options),
    keyClient: (bearer = token) => new KeyClient(vault.url, credential(bearer), options),
    cryptographyClient: (keyId, bearer = token) => new CryptographyClient(keyId, credential(bearer), options),
    certificateClient: (bearer = token) => new CertificateClient(vault.url, credential(bearer), options),
    async close() {
      await client.close();
      await vault.close();
      await issuer.close();
    },
  };
}
