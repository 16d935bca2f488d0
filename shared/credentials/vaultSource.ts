import type { Clock } from "../clock.ts";
import type { ClientCredential, CredentialSource } from "./clientCredential.ts";
import { CredentialLoadError } from "./clientCredential.ts";
import { newestVersion } from "./newestVersion.ts";
import type { ListedVersion } from "./previousVersion.ts";
import { previousVersion } from "./previousVersion.ts";
import type { VaultUse } from "./vaultAccess.ts";
import { vaultFailure } from "./vaultAccess.ts";
import type { Version } from "./versionMemo.ts";
import { VersionMemo } from "./versionMemo.ts";

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
