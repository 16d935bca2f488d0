/** What Key Vault's lists tell of a version of a secret or a certificate. */
export interface ListedVersion {
  readonly version?: string;
  readonly enabled?: boolean;
  readonly createdOn?: Date;
  readonly notBefore?: Date;
  readonly expiresOn?: Date;
}

/**
 * The id of the version that was made last before `newest`, among those that are enabled and within their time; undefined
 * without one. Key Vault documents no order of its lists, and tells times in whole seconds.
 */
export function previousVersion(listed: readonly ListedVersion[], newest: string, nowMs: number): string | undefined {
  const newestMs = listed.find(({ version }) => version === newest)?.createdOn?.getTime();
  if (newestMs === undefined) return undefined;
  let previous: { readonly version: string; readonly madeMs: number } | undefined;
  for (const { version, enabled, createdOn, notBefore, expiresOn } of listed) {
    if (version === undefined || version === newest || enabled !== true || createdOn === undefined) continue;
    if ((notBefore?.getTime() ?? 0) > nowMs || (expiresOn?.getTime() ?? Number.POSITIVE_INFINITY) <= nowMs) continue;
    const madeMs = createdOn.getTime();
    if (madeMs <= newestMs && madeMs >= (previous?.madeMs ?? 0)) previous = { version, madeMs };
  }
  return previous?.version;
}
