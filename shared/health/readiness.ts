import type { Clock } from "../clock.ts";
import type { CredentialFailover } from "../credentials/credentialFailover.ts";
import type { CredentialStatus, CredentialUse } from "../credentials/credentialLog.ts";

/** One dependency: what is well, or in a word or two what is not. Seen by anyone, so it names nothing. */
export interface Check {
  readonly ok: boolean;
  readonly detail?: string;
  /** Whole days until the client credential in use ends; absent where it says nothing about that. */
  readonly daysToExpiry?: number;
  /** Where there are several: each, in the order of preference. */
  readonly credentials?: readonly CredentialCheck[];
}

export interface CredentialCheck {
  readonly use: CredentialUse;
  readonly daysToExpiry?: number;
}

const MS_PER_DAY = 86_400_000;

const WRONG: Readonly<Partial<Record<CredentialUse, string>>> = {
  unavailable: "cannot be loaded; the log says why",
  rejected: "rejected by Entra ID; the log says why",
  expired: "expired",
};

/** Ready as long as one credential can be used; where it is not the preferred one, the detail says so. */
export function credentialCheck(usable: boolean, credentials: readonly CredentialStatus[], nowMs: number): Check {
  const [preferred] = credentials;
  const shown = credentials.find(({ use }) => use === "selected") ?? preferred;
  const detail = detailOf(usable, preferred?.use);
  return {
    ok: usable,
    ...(detail === undefined ? {} : { detail }),
    ...daysToExpiry(shown, nowMs),
    ...(credentials.length < 2
      ? {}
      : { credentials: credentials.map((each) => ({ use: each.use, ...daysToExpiry(each, nowMs) })) }),
  };
}

function detailOf(usable: boolean, preferred: CredentialUse | undefined): string | undefined {
  const wrong = preferred === undefined ? undefined : WRONG[preferred];
  return usable && wrong !== undefined ? `degraded, preferred credential: ${wrong}` : wrong;
}

function daysToExpiry(
  status: CredentialStatus | undefined,
  nowMs: number,
): { readonly daysToExpiry: number } | undefined {
  const expiresOnMs = status?.expiresOnMs;
  return expiresOnMs === undefined ? undefined : { daysToExpiry: Math.floor((expiresOnMs - nowMs) / MS_PER_DAY) };
}

/** Probes come every few seconds from several places: Entra ID is asked for none of them more often than this. */
const METADATA_TRUSTED_MS = 30_000;

export interface ReadinessReport {
  readonly status: "ready" | "unready";
  readonly checks: { readonly settings: Check; readonly credential?: Check; readonly identityProvider?: Check };
}

export interface ReadinessOptions {
  readonly ring: Pick<CredentialFailover, "status">;
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
