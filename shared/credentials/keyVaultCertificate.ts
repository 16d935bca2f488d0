import type { X509Certificate } from "node:crypto";
import type { KeyVaultCertificateSettings } from "../config/settings.ts";
import { checkKey, readX509 } from "./certificate.ts";
import type { ListedVersion } from "./previousVersion.ts";
import type { VaultAccess } from "./vaultAccess.ts";
import { listed, withinVaultTime } from "./vaultAccess.ts";

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
 * A version of a certificate, the newest unless its id is given, without its key: Key Vault's "Get Certificate" takes the permission to read
 * certificates and none to read secrets, so that not even a key that was made exportable by mistake could come out.
 * @throws Error of the SDK; `vaultFailure` says in a sentence what it means.
 */
export async function keyVaultCertificate(
  { keyVaultUrl, certificateName }: KeyVaultCertificateSettings,
  access: VaultAccess,
  id?: string,
): Promise<KeyVaultCertificate> {
  const client = await certificateClient(keyVaultUrl, access);
  const { cer, keyId, properties } = await withinVaultTime((abortSignal) =>
    id === undefined
      ? client.getCertificate(certificateName, { abortSignal })
      : client.getCertificateVersion(certificateName, id, { abortSignal }),
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
      if (enabled === false) throw new Error(`its version ${version} is disabled`);
      const certificate = readX509(cer);
      checkKey(certificate.publicKey);
      return certificate;
    },
  };
}

/**
 * The versions of a certificate. Azure's permission to read certificates lists them too (`certificates/read`).
 * @throws Error of the SDK; `vaultFailure` says in a sentence what it means.
 */
export async function keyVaultCertificateVersions(
  { keyVaultUrl, certificateName }: KeyVaultCertificateSettings,
  access: VaultAccess,
): Promise<readonly ListedVersion[]> {
  const client = await certificateClient(keyVaultUrl, access);
  return withinVaultTime((abortSignal) =>
    listed(client.listPropertiesOfCertificateVersions(certificateName, { abortSignal })),
  );
}

async function certificateClient(keyVaultUrl: string, { identity, clientOptions }: VaultAccess) {
  const { CertificateClient } = await import("@azure/keyvault-certificates");
  return new CertificateClient(keyVaultUrl, identity, clientOptions());
}
