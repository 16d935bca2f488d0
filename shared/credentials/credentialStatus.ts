import type { CredentialSlot } from "./credentialSlot.ts";
import type { CredentialVersion } from "./credentialVersion.ts";

/** `standby`: loaded, and would be used; `idle`: not needed so far, and so not loaded. */
export type CredentialUse = "selected" | "standby" | "idle" | "unavailable" | "rejected" | "expired";

/** One source of the ring, for the readiness report. */
export interface CredentialStatus {
  readonly use: CredentialUse;
  readonly expiresOnMs: number | undefined;
}

/** @param selected the version that a call would use now */
export function credentialStatus(slot: CredentialSlot, selected: CredentialVersion | undefined): CredentialStatus {
  const { versions, failure } = slot;
  const own = selected !== undefined && versions.includes(selected) ? selected : undefined;
  const version = own ?? versions.find(({ works }) => works) ?? versions[0];
  const expiresOnMs = version?.credential.expiresOnMs;
  if (version === undefined) return { use: failure === undefined ? "idle" : "unavailable", expiresOnMs };
  if (version.expired) return { use: "expired", expiresOnMs };
  if (version === own && (version.works || version.untried)) return { use: "selected", expiresOnMs };
  const { verdict } = version;
  return { use: verdict === "rejected" || verdict === "unavailable" ? verdict : "standby", expiresOnMs };
}
