import type { ClientCredential } from "./clientCredential.ts";
import type { Version } from "./versionMemo.ts";
import { VersionMemo } from "./versionMemo.ts";

/**
 * Finds the newest version, once for all that ask at the same time. While the version stays the same, so does the
 * credential. What could not be made is tried again.
 */
export function newestVersion(
  find: () => Promise<Version>,
  memo: VersionMemo = new VersionMemo(),
): () => Promise<ClientCredential> {
  let loading: Promise<ClientCredential> | undefined;
  const load = async (): Promise<ClientCredential> => memo.credentialOf(await find());
  return () => {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };
}
