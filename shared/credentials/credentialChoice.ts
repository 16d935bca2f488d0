import type { CredentialSlot } from "./credentialSlot.ts";
import type { CredentialVersion } from "./credentialVersion.ts";

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
