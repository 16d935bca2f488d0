import type { Clock } from "../clock.ts";
import type { CredentialRing } from "../credentials/credentialRing.ts";
import type { Check } from "./check.ts";
import { credentialCheck } from "./credentialCheck.ts";

/** Probes come every few seconds from several places: Entra ID is asked for none of them more often than this. */
const METADATA_TRUSTED_MS = 30_000;

export interface ReadinessReport {
  readonly status: "ready" | "unready";
  readonly checks: { readonly settings: Check; readonly credential?: Check; readonly identityProvider?: Check };
}

export interface ReadinessOptions {
  readonly ring: Pick<CredentialRing, "status">;
  /** Resolves when Entra ID's metadata and signing keys can be had. */
  readonly identityProvider: () => Promise<void>;
  readonly now: Clock;
}

/** Whether the app could serve a call now, by dependency. */
export class Readiness {
  readonly #options: ReadinessOptions;
  #metadata: { readonly check: Promise<Check>; readonly atMs: number } | undefined;

  constructor(options: ReadinessOptions) {
    this.#options = options;
  }

  async report(): Promise<ReadinessReport> {
    const [credential, identityProvider] = await Promise.all([this.#credential(), this.#identityProvider()]);
    const ready = credential.ok && identityProvider.ok;
    return { status: ready ? "ready" : "unready", checks: { settings: { ok: true }, credential, identityProvider } };
  }

  async #credential(): Promise<Check> {
    const { ring, now } = this.#options;
    const { usable, credentials } = await ring.status(); // The ring logs every reason itself.
    return credentialCheck(usable, credentials, now());
  }

  #identityProvider(): Promise<Check> {
    const { identityProvider, now } = this.#options;
    if (this.#metadata === undefined || Math.abs(now() - this.#metadata.atMs) > METADATA_TRUSTED_MS) {
      const check = identityProvider().then(
        (): Check => ({ ok: true }),
        (): Check => ({ ok: false, detail: "its metadata or keys cannot be read" }),
      );
      this.#metadata = { check, atMs: now() };
    }
    return this.#metadata.check;
  }
}

/** What an app reports that has no valid settings, and so nothing else to check. */
export const SETTINGS_INVALID: ReadinessReport = {
  status: "unready",
  checks: { settings: { ok: false, detail: "invalid; the log lists every mistake" } },
};
