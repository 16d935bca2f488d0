import type { X509Certificate } from "node:crypto";
import type { KeyVaultCertificateSettings } from "../config/settings.ts";
import { checkKey, readX509 } from "./certificate.ts";
import type { VaultAccess } from "./vaultAccess.ts";
import { withinVaultTime } from "./vaultAccess.ts";

const KEY_VERSION = /^\/keys\/[^/]+\/[^/]+$/;

/** The public part of one version of a certificate in Key Vault. */
export interface KeyVaultCertificate {
  /** The version's id, by which its key goes too. */
  readonly version: string;
  /** The address of the key that belongs to this version. */
  readonly keyId: string;
  /** Reads and checks it. @throws Error when it cannot be used to sign. */
  readonly read: () => X509Certificate;
}

/**
 * The newest version of a certificate, without its key: Key Vault's "Get Certificate" takes the permission to read
 * certificates and none to read secrets, so that not even a key that was made exportable by mistake could come out.
 * @throws Error of the SDK; `vaultFailure` says in a sentence what it means.
 */
export async function keyVaultCertificate(
  { keyVaultUrl, certificateName }: KeyVaultCertificateSettings,
  { identity, clientOptions }: VaultAccess,
): Promise<KeyVaultCertificate> {
  const { CertificateClient } = await import("@azure/keyvault-certificates");
  const client = new CertificateClient(keyVaultUrl, identity, clientOptions());
  const { cer, keyId, properties } = await withinVaultTime((abortSignal) =>
    client.getCertificate(certificateName, { abortSignal }),
  );
  const { version, enabled } = properties;
  if (version === undefined || keyId === undefined || cer === undefined) {
    throw new Error("the vault's answer has no version, no key, or no certificate in it");
  }
  // The digest to sign, and the app's token with it, go where this address says.
  const { origin, pathname } = new URL(keyId);
  if (origin !== new URL(keyVaultUrl).origin || !KEY_VERSION.test(pathname)) {
    throw new Error("the vault names a key that is none of its own");
  }
  return {
    version,
    keyId,
    read() {
      if (enabled === false) throw new Error(`its newest version, ${version}, is disabled`);
      const certificate = readX509(cer);
      checkKey(certificate.publicKey);
      return certificate;
    },
  };
}
