import type { Clock } from "../clock.ts";
import type { ClientCredential } from "./clientCredential.ts";

/** What is known of a version: nothing yet, that Entra ID took it, or why it could not be used. */
export type Verdict = "untried" | "accepted" | "rejected" | "unavailable";

/** One version of a credential, and what its use has shown so far. */
export class CredentialVersion {
  readonly credential: ClientCredential;
  readonly #now: Clock;
  readonly #pause: Pause;
  #verdict: Verdict = "untried";
  #reason = "";
  #acceptances = 0;
  #acceptedFirstMs = 0;
  /** One call at a time finds out whether it works, while others use what is known to. */
  underTrial = false;

  constructor(credential: ClientCredential, now: Clock) {
    this.credential = credential;
    this.#now = now;
    this.#pause = new Pause(now);
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  /** Why it is rejected or unavailable. */
  get reason(): string {
    return this.#expiredSince() ?? this.#reason;
  }

  /** Entra ID refuses an expired certificate for sure: no request is spent on it. */
  get expired(): boolean {
    const { expiresOnMs } = this.credential;
    return expiresOnMs !== undefined && expiresOnMs <= this.#now();
  }

  get works(): boolean {
    return this.#verdict === "accepted" && !this.expired;
  }

  /** Whether it may be tried, now that its pause (if it had one) is over. */
  get due(): boolean {
    return this.#verdict !== "accepted" && !this.expired && !this.#pause.holds;
  }

  get untried(): boolean {
    return this.#verdict === "untried" && !this.expired;
  }

  /** How often it was accepted: whoever sees the number grow knows of a success since. */
  get acceptances(): number {
    return this.#acceptances;
  }

  /** For how long it has been known to work. */
  get acceptedForMs(): number {
    return this.#acceptances === 0 ? 0 : this.#now() - this.#acceptedFirstMs;
  }

  accept(): void {
    if (this.#acceptances === 0) this.#acceptedFirstMs = this.#now();
    this.#acceptances += 1;
    this.#verdict = "accepted";
    this.#pause.end();
  }

  /** @returns whether that is news: the pause counts from the first of many calls that met it at the same time. */
  refuse(verdict: "rejected" | "unavailable", reason: string, pauseMs: number): boolean {
    const known = this.#verdict === verdict && this.#pause.holds;
    this.#verdict = verdict;
    this.#reason = reason;
    if (!known) this.#pause.start(pauseMs);
    return !known;
  }

  /** What was said against it no longer counts. */
  reset(): void {
    if (this.#verdict !== "accepted") this.#verdict = "untried";
    this.#pause.end();
  }

  #expiredSince(): string | undefined {
    const { label, expiresOnMs } = this.credential;
    if (expiresOnMs === undefined || !this.expired) return undefined;
    return `${label} expired on ${new Date(expiresOnMs).toISOString()}: create a new version and register it.`;
  }
}

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

/** One version of something, and how a credential is made of it. */
export interface Version {
  /** What tells it from all others. */
  readonly id: string;
  readonly credential: () => ClientCredential | Promise<ClientCredential>;
  /** Called instead where there is one of this version already: for what has to be wiped. */
  readonly unchanged?: () => void;
}

/**
 * Makes a credential once of each version, as long as somebody uses it. It holds none itself: what the ring drops is gone,
 * its key with it.
 */
export class VersionMemo {
  readonly #known = new Map<string, WeakRef<ClientCredential>>();

  async credentialOf({ id, credential, unchanged }: Version): Promise<ClientCredential> {
    const known = this.#get(id);
    if (known !== undefined) {
      unchanged?.();
      return known;
    }
    const made = await credential();
    // Somebody else may have made it meanwhile.
    const first = this.#get(id) ?? made;
    for (const [each, reference] of this.#known) if (reference.deref() === undefined) this.#known.delete(each);
    this.#known.set(id, new WeakRef(first));
    return first;
  }

  #get(id: string): ClientCredential | undefined {
    return this.#known.get(id)?.deref();
  }
}

/** A time in which something is left alone. */
export class Pause {
  readonly #now: Clock;
  #sinceMs = 0;
  #untilMs = 0;

  constructor(now: Clock) {
    this.#now = now;
  }

  start(ms: number): void {
    this.#sinceMs = this.#now();
    this.#untilMs = this.#sinceMs + ms;
  }

  end(): void {
    this.#untilMs = this.#sinceMs;
  }

  get holds(): boolean {
    return this.remainingMs > 0;
  }

  /** A clock that was set back ends it: then nobody knows how much of it is left. */
  get remainingMs(): number {
    const nowMs = this.#now();
    return nowMs < this.#sinceMs ? 0 : Math.max(this.#untilMs - nowMs, 0);
  }
}
