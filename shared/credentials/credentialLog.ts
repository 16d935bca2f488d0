import type { CredentialMetrics } from "../telemetry/credentialInstruments.ts";
import type { Log, LogFields } from "../telemetry/log.ts";
import type { ClientCredential } from "./clientCredential.ts";
import type { CredentialListener } from "./credentialListener.ts";

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
