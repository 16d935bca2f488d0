import type { Clock } from "../clock.ts";
import type { CredentialMetrics } from "../telemetry/instruments.ts";
import type { Log, LogFields } from "../telemetry/log.ts";
import type { ClientCredential, CredentialListener } from "./clientCredential.ts";
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

const MS_PER_SECOND = 1_000;
/** From here on it is no longer a warning. */
const URGENT_DAYS = 1;

/** Writes what happens to the credentials to the log, by setting and thumbprint, and counts it. */
export function credentialLog(log: Log, metrics: CredentialMetrics): CredentialListener {
  return {
    selected(credential, reason) {
      metrics.count("selected");
      metrics.use(credential.label, credential.expiresOnMs);
      log.info("credential_selected", { credential: credential.label, ...expiresOn(credential), reason });
    },
    dropped(credential, reason) {
      metrics.count("dropped");
      log.info("credential_dropped", { credential: credential.label, ...expiresOn(credential), reason });
    },
    rejected(credential, reason, pauseMs) {
      metrics.count("rejected");
      log.error("credential_rejected", {
        credential: credential.label,
        ...expiresOn(credential),
        reason,
        triedAgainInSeconds: pauseMs / MS_PER_SECOND,
      });
    },
    unavailable(reason) {
      metrics.count("unavailable");
      log.error("credential_unavailable", { reason });
    },
    pollFailed(reason) {
      metrics.count("poll_failed");
      log.warning("credential_poll_failed", { reason, detail: "What is loaded goes on being used." });
    },
    expiring(credential, daysLeft) {
      metrics.count("expiring");
      const fields = { credential: credential.label, ...expiresOn(credential), daysLeft };
      if (daysLeft < URGENT_DAYS) log.error("credential_expiring", fields);
      else log.warning("credential_expiring", fields);
    },
  };
}

function expiresOn({ expiresOnMs }: ClientCredential): LogFields {
  return expiresOnMs === undefined ? {} : { expiresOn: new Date(expiresOnMs).toISOString() };
}

const MS_PER_DAY = 86_400_000;
/** Days left at which an operator hears of it; at 0 it has ended. */
const THRESHOLDS_DAYS = [0, 1, 7, 30];

/** Warns of credentials that end: once per threshold and version. */
export class ExpiryWarnings {
  readonly #warned = new WeakMap<ClientCredential, number>();
  readonly #listener: CredentialListener;
  readonly #now: Clock;

  constructor(listener: CredentialListener, now: Clock) {
    this.#listener = listener;
    this.#now = now;
  }

  check(credential: ClientCredential): void {
    if (credential.expiresOnMs === undefined) return;
    const leftMs = credential.expiresOnMs - this.#now();
    const threshold = THRESHOLDS_DAYS.find((days) => leftMs <= days * MS_PER_DAY);
    if (threshold === undefined || threshold >= (this.#warned.get(credential) ?? Number.POSITIVE_INFINITY)) return;
    this.#warned.set(credential, threshold);
    this.#listener.expiring(credential, Math.floor(leftMs / MS_PER_DAY));
  }
}
