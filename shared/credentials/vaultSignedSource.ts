import type { KeyVaultCertificateSettings } from "../config/settings.ts";
import { Secret } from "../secret.ts";
import { AssertionCache } from "./assertionCache.ts";
import { assertionClaims, assertionHeader, thumbprintOf } from "./assertionContent.ts";
import type { ClientCredential, CredentialSource } from "./clientCredential.ts";
import { CredentialLoadError } from "./clientCredential.ts";
import type { KeyVaultCertificate } from "./keyVaultCertificate.ts";
import { keyVaultCertificate, keyVaultCertificateVersions } from "./keyVaultCertificate.ts";
import type { KeyVaultSourceOptions } from "./keyVaultSource.ts";
import type { VaultAccess } from "./vaultAccess.ts";
import { vaultAccess, vaultFailure } from "./vaultAccess.ts";
import { vaultSigner } from "./vaultSignature.ts";
import { vaultSource } from "./vaultSource.ts";

const MS_PER_SECOND = 1_000;

/**
 * SourceType SignedAssertionFromVault: a certificate whose private key never leaves Key Vault. The vault signs each
 * client assertion; as that takes a call, an assertion is used again until shortly before it expires.
 */
export function vaultSignedSource(
  settings: KeyVaultCertificateSettings,
  options: KeyVaultSourceOptions,
): CredentialSource {
  const { source, now } = options;
  const where = `certificate ${settings.certificateName} in ${settings.keyVaultUrl}`;
  return vaultSource({
    source,
    where,
    use: "certificate",
    now,
    async get(id) {
      // The version that comes of it signs with this identity, which signs in once and keeps its token.
      const access = await vaultAccess(settings, options);
      const found = await keyVaultCertificate(settings, access, id);
      return { id: found.version, credential: () => signedByVault(found, access, where, options) };
    },
    list: async () => keyVaultCertificateVersions(settings, await vaultAccess(settings, options)),
  });
}

async function signedByVault(
  { read, keyId }: KeyVaultCertificate,
  access: VaultAccess,
  where: string,
  { source, clientId, sendX5C, now }: KeyVaultSourceOptions,
): Promise<ClientCredential> {
  const certificate = read();
  const signer = await vaultSigner(keyId, certificate, access);
  // Key Vault gives the app's certificate alone, which is what Entra ID needs of the chain.
  const header = encoded(assertionHeader([certificate], sendX5C));
  const assertions = new AssertionCache(async (tokenEndpoint) => {
    const claims = assertionClaims(clientId, tokenEndpoint, now());
    const content = `${header}.${encoded(claims)}`;
    try {
      const value = new Secret(`${content}.${(await signer(content)).toString("base64url")}`);
      const madeMs = claims.iat * MS_PER_SECOND;
      const expiresMs = claims.exp * MS_PER_SECOND;
      return { value, madeMs, renewMs: (madeMs + expiresMs) / 2, expiresMs };
    } catch (error) {
      const reason = vaultFailure(error, "signing");
      throw new CredentialLoadError(`${source}: the key of ${where} did not sign: ${reason}`, { cause: error });
    }
  }, now);
  return {
    label: `${source} certificate ${thumbprintOf(certificate)}`,
    expiresOnMs: certificate.validToDate.getTime(),
    proof: { kind: "assertion", sign: (tokenEndpoint) => assertions.get(tokenEndpoint) },
  };
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
