import type { X509Certificate } from "node:crypto";
import { constants, createHash, verify } from "node:crypto";
import type { VaultAccess } from "./vaultAccess.ts";
import { withinVaultTime } from "./vaultAccess.ts";

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
