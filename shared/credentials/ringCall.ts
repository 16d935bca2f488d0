import type { CredentialRejectedError } from "./credentialRejectedError.ts";
import type { CredentialSlot } from "./credentialSlot.ts";
import type { CredentialVersion } from "./credentialVersion.ts";

/** A source's newest version and the one before, each of them twice: more attempts make no sense. */
const MOST_ATTEMPTS_PER_SOURCE = 4;

interface Doubt {
  readonly slot: CredentialSlot;
  readonly version: CredentialVersion;
  readonly error: CredentialRejectedError;
}

/** What one call has done so far: each version is tried once, each source asked once for each thing. */
export class RingCall {
  readonly tried = new Set<CredentialVersion>();
  /** Where it is not certain that the credential was to blame. */
  readonly doubts: Doubt[] = [];
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
    return this.#attempts < slots.length * MOST_ATTEMPTS_PER_SOURCE;
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

  async lookBack(slot: CredentialSlot): Promise<void> {
    this.#lookedBack.add(slot);
    await slot.lookBack();
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
    const doubted = new Set(this.doubts.map(({ version }) => version));
    for (const version of this.tried) {
      if (!(version.works || version.untried) || this.#revived.has(version) || doubted.has(version)) continue;
      this.#revived.add(version);
      this.tried.delete(version);
    }
  }
}
