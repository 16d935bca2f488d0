import type { Clock } from "../clock.ts";
import type { KeyVaultCertificateSettings } from "../config/settings.ts";
import type { CertificateCredentialOptions } from "./clientAssertion.ts";
import { certificateCredential } from "./clientAssertion.ts";
import type { ClientCredential, CredentialSource } from "./clientCredential.ts";
import { CredentialLoadError } from "./clientCredential.ts";
import { newestVersion } from "./credentialSlot.ts";
import type { ListedVersion, Version } from "./credentialVersion.ts";
import { previousVersion, VersionMemo } from "./credentialVersion.ts";
import { readCertificate } from "./fileSource.ts";
import type { VaultReaderOptions, VaultUse } from "./keyVault.ts";
import { keyVaultSecret, keyVaultSecretVersions, vaultFailure } from "./keyVault.ts";

const PKCS12 = "application/x-pkcs12";
const NO_PASSWORD = "";

export interface KeyVaultSourceOptions extends CertificateCredentialOptions, VaultReaderOptions {}

/**
 * SourceType KeyVault: a certificate with exportable key. Key Vault gives key and certificate under the secret of the
 * certificate's name ("About Azure Key Vault certificates: composition of a certificate").
 */
export function keyVaultSource(
  { keyVaultUrl, certificateName, managedIdentityClientId }: KeyVaultCertificateSettings,
  options: KeyVaultSourceOptions,
): CredentialSource {
  const { source, now } = options;
  const secretOfIt = { keyVaultUrl, secretName: certificateName, managedIdentityClientId };
  return vaultSource({
    source,
    where: `certificate ${certificateName} in ${keyVaultUrl}`,
    use: "certificateWithKey",
    now,
    async get(id) {
      const { value, contentType, version } = await keyVaultSecret(secretOfIt, options, id);
      return {
        id: version,
        async credential() {
          const content = Buffer.from(value.reveal(), contentType === PKCS12 ? "base64" : "utf8");
          return certificateCredential(await readCertificate(content, NO_PASSWORD), options);
        },
      };
    },
    list: () => keyVaultSecretVersions(secretOfIt, options),
  });
}

/** Something with versions in Key Vault. What these throw is the SDK's. */
export interface VaultVersions {
  /** Names the source in logs. */
  readonly source: string;
  /** What and where it is, in words. */
  readonly where: string;
  readonly use: VaultUse;
  readonly now: Clock;
  /** The newest version; with an id, that one. */
  readonly get: (id: string | undefined) => Promise<Version>;
  readonly list: () => Promise<readonly ListedVersion[]>;
}

/** A source of the newest version, and of the one before where Entra ID does not know the newest yet. */
export function vaultSource({ source, where, use, now, get, list }: VaultVersions): CredentialSource {
  const memo = new VersionMemo();
  let newest: string | undefined;
  const load = newestVersion(async () => {
    const version = await get(undefined);
    newest = version.id;
    return version;
  }, memo);
  const loadPrevious = async (): Promise<ClientCredential | undefined> => {
    if (newest === undefined) return undefined;
    const previous = previousVersion(await list(), newest, now());
    return previous === undefined ? undefined : memo.credentialOf(await get(previous));
  };
  const orSay = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const reason = vaultFailure(error, use);
      throw new CredentialLoadError(`${source}: ${what} cannot be used: ${reason}`, { cause: error });
    }
  };
  return {
    label: source,
    canChange: true,
    load: () => orSay(where, load),
    loadPrevious: () => orSay(`the version before the newest of ${where}`, loadPrevious),
  };
}
