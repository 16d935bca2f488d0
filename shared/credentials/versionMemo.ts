import type { ClientCredential } from "./clientCredential.ts";

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
