import type { CredentialRejectedError } from "./credentialRejectedError.ts";
import type { CredentialSlot } from "./credentialSlot.ts";
import type { CredentialVersion } from "./credentialVersion.ts";

/** A source's newest version, one that appeared meanwhile, and the one before: more attempts make no sense. */
const MOST_ATTEMPTS_PER_SOURCE = 3;

interface Doubt {
  readonly slot: CredentialSlot;
  readonly version: CredentialVersion;
  readonly error: CredentialRejectedError;
}

/** What one call has done so far: each version is tried once, each source asked once. */
export class RingCall {
  readonly tried = new Set<CredentialVersion>();
  /** Where it is not certain that the credential was to blame. */
  readonly doubts: Doubt[] = [];
  readonly #fetched = new Set<CredentialSlot>();
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

  /** @returns whether this call has not asked this source before */
  mayFetch(slot: CredentialSlot): boolean {
    return !this.#fetched.has(slot);
  }

  async fetch(slot: CredentialSlot): Promise<void> {
    this.#fetched.add(slot);
    await (slot.loaded ? slot.refresh() : slot.load());
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

  /** Others' calls may have shown meanwhile that what failed here works now: then it is worth a second attempt, once. */
  revive(): void {
    const doubted = new Set(this.doubts.map(({ version }) => version));
    for (const version of this.tried) {
      if (!version.works || this.#revived.has(version) || doubted.has(version)) continue;
      this.#revived.add(version);
      this.tried.delete(version);
    }
  }
}
