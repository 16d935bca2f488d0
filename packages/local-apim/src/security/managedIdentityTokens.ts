import type { ManagedIdentity, ManagedIdentityToken } from "../options.ts";

/** A token this close to its end is fetched anew. */
const RENEW_BEFORE_MS = 300_000;

/** The gateway's own tokens, kept until shortly before they expire; concurrent requests share one fetch. */
export class ManagedIdentityTokens {
  readonly #tokens = new Map<string, Promise<ManagedIdentityToken>>();
  readonly #identity: ManagedIdentity | undefined;
  readonly #now: () => number;

  constructor(identity: ManagedIdentity | undefined, now: () => number) {
    this.#identity = identity;
    this.#now = now;
  }

  /** @throws when there is no identity, or whatever the identity throws; nothing is kept then. */
  async get(resource: string, clientId: string | undefined): Promise<string> {
    if (this.#identity === undefined) throw new Error("No managed identity is assigned to this gateway.");
    const key = JSON.stringify([resource, clientId ?? null]);
    const kept = this.#tokens.get(key);
    const token = await kept;
    if (token !== undefined && token.expiresOnMs - RENEW_BEFORE_MS > this.#now()) return token.accessToken;
    // Somebody else may have begun to renew it meanwhile.
    if (this.#tokens.get(key) !== kept) return this.get(resource, clientId);
    const fetched = this.#identity(resource, clientId);
    this.#tokens.set(key, fetched);
    try {
      return (await fetched).accessToken;
    } catch (error) {
      if (this.#tokens.get(key) === fetched) this.#tokens.delete(key);
      throw error;
    }
  }
}
