import type { ClientCredential } from "./clientCredential.ts";

/** Told what happens to the credentials, for the log and the metrics. Labels and reasons hold nothing secret. */
export interface CredentialListener {
  /** From now on this one is used, because of `reason`. */
  selected(credential: ClientCredential, reason: string): void;
  /** This version is forgotten, its key with it. */
  dropped(credential: ClientCredential, reason: string): void;
  /** Entra ID does not accept it; it is tried again after `pauseMs`. */
  rejected(credential: ClientCredential, reason: string, pauseMs: number): void;
  /** It cannot be had (loaded, signed with), and so another one is needed. The reason names the setting. */
  unavailable(reason: string): void;
  /** Whether there is a newer version is not known; what is loaded goes on. */
  pollFailed(reason: string): void;
  /** Told once per version and threshold; 0 days or less: it has ended. */
  expiring(credential: ClientCredential, daysLeft: number): void;
}
