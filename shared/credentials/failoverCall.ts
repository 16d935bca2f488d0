import type { Clock } from "../clock.ts";
import type { GatewayError } from "../errors/errors.ts";
import { CredentialUnavailableError, GatewayMisconfiguredError } from "../errors/errors.ts";
import type { CredentialRejectedError } from "./clientCredential.ts";
import type { CredentialSlot } from "./credentialSlot.ts";
import type { CredentialVersion } from "./credentialVersion.ts";
import { Pause } from "./credentialVersion.ts";

/** A source's newest version and the one before, each of them twice: more attempts make no sense. */
const MAX_ATTEMPTS_PER_SOURCE = 4;

interface InconclusiveAttempt {
  readonly slot: CredentialSlot;
  readonly version: CredentialVersion;
  readonly error: CredentialRejectedError;
}

/** What one call has done so far: each version is tried once, each source asked once for each thing. */
export class RingCall {
  readonly tried = new Set<CredentialVersion>();
  /** Where it is not certain that the credential was to blame. */
  readonly inconclusive: InconclusiveAttempt[] = [];
  readonly #loaded = new Set<CredentialSlot>();
  readonly #refreshed = new Set<CredentialSlot>();
  readonly #lookedBack = new Set<CredentialSlot>();
  readonly #revived = new Set<CredentialVersion>();
  #attempts = 0;

  begin(version: CredentialVersion): void {
    this.tried.add(version);
    this.#attempts += 1;
  }

  mayAttempt(slots: readonly CredentialSlot[]): boolean {
    return this.#attempts < slots.length * MAX_ATTEMPTS_PER_SOURCE;
  }

  /** @returns whether this call has not waited for this source's first load before */
  mayLoad(slot: CredentialSlot): boolean {
    return !this.#loaded.has(slot);
  }

  async load(slot: CredentialSlot): Promise<void> {
    this.#loaded.add(slot);
    await slot.load();
  }

  /**
   * The first load does not count: what it brings may be replaced before Entra ID is asked.
   * @returns whether this call has not asked this source for something newer before
   */
  mayRefresh(slot: CredentialSlot): boolean {
    return !this.#refreshed.has(slot);
  }

  async refresh(slot: CredentialSlot): Promise<void> {
    this.#refreshed.add(slot);
    await slot.refresh();
  }

  /** @returns whether the version before this source's newest could help, and this call has not asked for it before */
  mayLookBack(slot: CredentialSlot): boolean {
    return !this.#lookedBack.has(slot) && slot.mayLookBack;
  }

  async loadPrevious(slot: CredentialSlot): Promise<void> {
    this.#lookedBack.add(slot);
    await slot.loadPrevious();
  }

  /** @returns whether this is the second attempt with this version */
  isRevived(version: CredentialVersion): boolean {
    return this.#revived.has(version);
  }

  /**
   * Others' calls may have shown meanwhile that what failed here works now, or that what was said against it no longer
   * counts: then it is worth a second attempt, once.
   */
  revive(): void {
    const doubted = new Set(this.inconclusive.map(({ version }) => version));
    for (const version of this.tried) {
      if (!(version.works || version.untried) || this.#revived.has(version) || doubted.has(version)) continue;
      this.#revived.add(version);
      this.tried.delete(version);
    }
  }
}

/** A version for one attempt. */
export interface Choice {
  readonly slot: CredentialSlot;
  readonly version: CredentialVersion;
  /** Whether this call tries it for all others, who keep away from it meanwhile. */
  readonly trial: boolean;
}

export interface ChoiceOptions {
  /** What this call has tried already. */
  readonly tried: ReadonlySet<CredentialVersion>;
  /** Whether this call is the one that tries everything, whatever pause it is in. */
  readonly probing: boolean;
}

/**
 * The version to use next: the first in the order of preference that is known to work. What is preferred to it and may
 * be tried (a newer version, one whose pause is over) is tried first, by one call at a time. Where none is known to work,
 * one that nobody has tried yet is for all: there is nothing better. Undefined: nothing that is loaded may be used.
 */
export function chooseCredential(
  slots: readonly CredentialSlot[],
  { tried, probing }: ChoiceOptions,
): Choice | undefined {
  const all = slots
    .flatMap((slot) => slot.versions.map((version) => ({ slot, version })))
    .filter(({ version }) => !tried.has(version));
  const working = all.findIndex(({ version }) => version.works);
  if (working >= 0) {
    const better = all.slice(0, working).find(({ version }) => version.due && !version.underTrial);
    return better === undefined ? shared(all[working]) : { ...better, trial: true };
  }
  const untried = all.find(({ version }) => version.untried);
  if (untried !== undefined || !probing) return shared(untried);
  const any = all.find(({ version }) => !version.expired);
  return any && { ...any, trial: true };
}

function shared(choice: Omit<Choice, "trial"> | undefined): Choice | undefined {
  return choice && { ...choice, trial: false };
}

const MS_PER_SECOND = 1_000;

/**
 * What a caller is told when none of the credentials works: that Entra ID rejects them (or would: they expired), or that
 * they cannot be had. The diagnosis has the reason of each.
 */
export function totalFailure(slots: readonly CredentialSlot[], waitMs: number): GatewayError {
  const reasons = slots.flatMap((slot) => {
    const [newest] = slot.versions;
    return [newest?.reason, slot.failure].filter((reason) => reason !== undefined && reason !== "");
  });
  const diagnosis = reasons.join(" ");
  const retryAfter = Math.max(Math.ceil(waitMs / MS_PER_SECOND), 1);
  const rejected = slots.some(({ versions }) => versions.some((each) => each.verdict === "rejected" || each.expired));
  return rejected
    ? new GatewayMisconfiguredError(diagnosis, { retryAfter })
    : new CredentialUnavailableError(diagnosis, retryAfter);
}

/** When nothing works one call tries everything again after this; the others are told of the failure at once. */
const FAILURE_PAUSE_MS = 10_000;
/** For those that come while a call is trying. */
const TRYING_MS = 1_000;

/** The times in which no credential works: who may try everything again, and what all others are told. */
export class TotalOutage {
  readonly #pause: Pause;
  #known = false;
  #probe: PromiseWithResolvers<void> | undefined;

  constructor(now: Clock) {
    this.#pause = new Pause(now);
  }

  /** Whether the latest that is known is that nothing works. */
  get known(): boolean {
    return this.#known;
  }

  /** Whether nobody may try yet. */
  get paused(): boolean {
    return this.#pause.holds;
  }

  /** @returns whether this call is the probe; if not, another call's probe has ended. @throws the failure that still holds */
  async beginProbe(slots: readonly CredentialSlot[]): Promise<boolean> {
    if (this.#pause.holds) throw totalFailure(slots, this.#pause.remainingMs);
    if (this.#probe === undefined) {
      this.#probe = Promise.withResolvers();
      return true;
    }
    if (this.#known) throw totalFailure(slots, TRYING_MS);
    await this.#probe.promise;
    return false;
  }

  endProbe(): void {
    this.#probe?.resolve();
    this.#probe = undefined;
  }

  /** What the probe ends with that met nothing that works. */
  failure(slots: readonly CredentialSlot[]): Error {
    // Not for all, where another call has just found one that works.
    if (!slots.some(({ versions }) => versions.some(({ works }) => works))) {
      this.#known = true;
      this.#pause.start(FAILURE_PAUSE_MS);
    }
    return totalFailure(slots, FAILURE_PAUSE_MS);
  }

  /** A credential was accepted. */
  over(): void {
    this.#known = false;
    this.#pause.end();
  }
}
