import type { Clock } from "../clock.ts";
import { CredentialUnavailableError } from "../errors/credentialUnavailableError.ts";
import type { ClientCredential, CredentialSource } from "./clientCredential.ts";

/** After a failed load the sources are left alone for this long: a vault in trouble must not get a call per user. */
const PAUSE_MS = 10_000;

/** Told what happens, for the log. */
export interface CredentialListener {
  loaded(credential: ClientCredential): void;
  failed(reason: string): void;
}

/** The app's credentials in order of preference: the first that loads is used. */
export class CredentialRing {
  readonly #sources: readonly CredentialSource[];
  readonly #now: Clock;
  readonly #listener: CredentialListener;
  #loaded: ClientCredential | undefined;
  #loading: Promise<ClientCredential> | undefined;
  #failure: { readonly reasons: readonly string[]; readonly atMs: number } | undefined;

  constructor(sources: readonly CredentialSource[], now: Clock, listener: CredentialListener) {
    this.#sources = sources;
    this.#now = now;
    this.#listener = listener;
  }

  /**
   * The credential to use. Loaded when first asked for, once for all that ask meanwhile.
   * @throws CredentialUnavailableError when none of them can be loaded.
   */
  async current(): Promise<ClientCredential> {
    if (this.#loaded !== undefined) return this.#loaded;
    const waitMs = this.#failure === undefined ? 0 : this.#failure.atMs + PAUSE_MS - this.#now();
    // More than the pause is left when the clock was set back: then nobody knows how long ago it was.
    if (this.#failure !== undefined && waitMs > 0 && waitMs <= PAUSE_MS)
      throw unavailable(this.#failure.reasons, waitMs);
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<ClientCredential> {
    const reasons: string[] = [];
    for (const source of this.#sources) {
      try {
        const credential = await source.load();
        this.#loaded = credential;
        this.#failure = undefined;
        this.#listener.loaded(credential);
        return credential;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        reasons.push(reason);
        this.#listener.failed(reason);
      }
    }
    this.#failure = { reasons, atMs: this.#now() };
    throw unavailable(reasons, PAUSE_MS);
  }
}

function unavailable(reasons: readonly string[], waitMs: number): CredentialUnavailableError {
  return new CredentialUnavailableError(reasons.join(" "), Math.ceil(waitMs / 1000));
}
