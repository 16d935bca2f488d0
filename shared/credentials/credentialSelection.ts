import type { CredentialListener } from "./credentialListener.ts";
import type { CredentialSlot } from "./credentialSlot.ts";
import type { CredentialVersion } from "./credentialVersion.ts";

/** Which version calls use now, for the log and the readiness report. */
export class CredentialSelection {
  readonly #listener: CredentialListener;
  #current: CredentialVersion | undefined;

  constructor(listener: CredentialListener) {
    this.#listener = listener;
  }

  get current(): CredentialVersion | undefined {
    return this.#current;
  }

  /** To be called whenever something may have changed. */
  update(slots: readonly CredentialSlot[]): void {
    const versions = slots.flatMap((slot) => slot.versions);
    const selected = versions.find(({ works }) => works) ?? versions.find(({ untried }) => untried);
    const before = this.#current;
    if (selected === undefined || selected === before) return;
    this.#current = selected;
    this.#listener.selected(selected.credential, whySelected(before));
  }

  /** Nothing works any more. */
  clear(): void {
    this.#current = undefined;
  }
}

function whySelected(before: CredentialVersion | undefined): string {
  if (before === undefined) return "It is the first in the order of preference that can be used.";
  if (before.works) return "It is preferred, and Entra ID accepted it.";
  return before.untried ? "It is newer." : before.reason;
}
