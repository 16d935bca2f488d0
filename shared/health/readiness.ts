import type { Clock } from "../clock.ts";
import type { CredentialRing } from "../credentials/credentialRing.ts";

const MS_PER_DAY = 86_400_000;
/** Probes come every few seconds from several places: Entra ID is asked for none of them more often than this. */
const METADATA_TRUSTED_MS = 30_000;

/** One dependency: what is well, or in a word or two what is not. Seen by anyone, so it names nothing. */
export interface Check {
  readonly ok: boolean;
  readonly detail?: string;
  /** Whole days until the client credential ends; absent where it says nothing about that. */
  readonly daysToExpiry?: number;
}

export interface ReadinessReport {
  readonly status: "ready" | "unready";
  readonly checks: { readonly settings: Check; readonly credential?: Check; readonly identityProvider?: Check };
}

export interface ReadinessOptions {
  readonly ring: CredentialRing;
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
    try {
      const { expiresOnMs } = await ring.current();
      if (expiresOnMs === undefined) return { ok: true };
      const daysToExpiry = Math.floor((expiresOnMs - now()) / MS_PER_DAY);
      return expiresOnMs > now() ? { ok: true, daysToExpiry } : { ok: false, detail: "expired", daysToExpiry };
    } catch {
      return { ok: false, detail: "cannot be loaded; the log says why" }; // The ring logged the reasons itself.
    }
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
