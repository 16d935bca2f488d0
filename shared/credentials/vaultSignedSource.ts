import type { X509Certificate } from "node:crypto";
import { constants, createHash, verify } from "node:crypto";
import type { KeyVaultCertificateSettings } from "../config/settings.ts";
import { Secret } from "../secret.ts";
import { assertionClaims, assertionHeader, ClientAssertionCache, thumbprintOf } from "./clientAssertion.ts";
import type { ClientCredential, CredentialSource } from "./clientCredential.ts";
import { CredentialLoadError } from "./clientCredential.ts";
import type { KeyVaultCertificate, VaultAccess } from "./keyVault.ts";
import {
  keyVaultCertificate,
  keyVaultCertificateVersions,
  vaultAccess,
  vaultFailure,
  withinVaultTime,
} from "./keyVault.ts";
import type { KeyVaultSourceOptions } from "./keyVaultSource.ts";
import { vaultSource } from "./keyVaultSource.ts";

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
  const assertions = new ClientAssertionCache(async (tokenEndpoint) => {
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

/** RFC 7518, 3.5: as long as the digest. */
const PS256_SALT_BYTES = 32;

/** Signs with one version of a key in Key Vault. */
export type VaultSigner = (content: string) => Promise<Buffer>;

/**
 * Signs with PS256 by Key Vault's key operation: only the digest goes there, and the key stays.
 * @param keyId the address of the very version that belongs to the certificate
 * @throws Error of the SDK; `vaultFailure` says in a sentence what it means.
 */
export async function vaultSigner(
  keyId: string,
  certificate: X509Certificate,
  { identity, clientOptions }: VaultAccess,
): Promise<VaultSigner> {
  const { CryptographyClient, parseKeyVaultKeyIdentifier } = await import("@azure/keyvault-keys");
  const { name, vaultUrl } = parseKeyVaultKeyIdentifier(keyId);
  // Told what it is, the client need not ask for the key first: that would take a call and a permission more.
  const key = { id: keyId, name, properties: { id: keyId, name, vaultUrl } };
  const client = new CryptographyClient(key, identity, clientOptions());
  return async (content) => {
    const digest = createHash("sha256").update(content).digest();
    const { result } = await withinVaultTime((abortSignal) => client.sign("PS256", digest, { abortSignal }));
    const signature = Buffer.from(result);
    if (!isSignatureOf(content, signature, certificate)) {
      throw new Error("what the vault signed with is not the key of the certificate");
    }
    return signature;
  };
}

function isSignatureOf(content: string, signature: Buffer, { publicKey }: X509Certificate): boolean {
  const key = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: PS256_SALT_BYTES };
  return verify("sha256", Buffer.from(content), key, signature);
}
