import type { Clock } from "../clock.ts";
import type { ClientCredential, CredentialListener, CredentialSource } from "./clientCredential.ts";
import type { Version } from "./credentialVersion.ts";
import { CredentialVersion, Pause, VersionMemo } from "./credentialVersion.ts";

/** After a failed load the source is left alone for this long: a vault in trouble must not get a call per user. */
const LOAD_PAUSE_MS = 10_000;
/** Rejections make the newest version, and the one before, be fetched no more often than this. */
const REFRESH_PAUSE_MS = 10_000;
/**
 * For this long after a newer version was first accepted, the one before stays in reserve. Entra ID's own replicas learn
 * of a new credential one after the other: the next call may meet one that does not know it yet.
 */
const RESERVE_MS = 900_000;

/** One source of the ring with the versions that are known of it: the newest first, and at most one before it. */
export class CredentialSlot {
  readonly source: CredentialSource;
  readonly #now: Clock;
  readonly #listener: CredentialListener;
  readonly #loadPause: Pause;
  readonly #refreshPause: Pause;
  readonly #lookBackPause: Pause;
  #versions: readonly CredentialVersion[] = [];
  #fetching: Promise<void> | undefined;
  #refreshing: Promise<void> | undefined;
  #lookingBack: Promise<void> | undefined;
  #failure: string | undefined;

  constructor(source: CredentialSource, now: Clock, listener: CredentialListener) {
    this.source = source;
    this.#now = now;
    this.#listener = listener;
    this.#loadPause = new Pause(now);
    this.#refreshPause = new Pause(now);
    this.#lookBackPause = new Pause(now);
  }

  get versions(): readonly CredentialVersion[] {
    return this.#versions;
  }

  get loaded(): boolean {
    return this.#versions.length > 0;
  }

  /** Why the latest fetch failed; undefined when it did not. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Whether loading now could bring something. */
  get loadable(): boolean {
    return !this.loaded && !this.#loadPause.holds;
  }

  /** The first load, once for all that ask for it. Afterwards it is `loaded`, or `failure` says why not. */
  async load(): Promise<void> {
    if (!this.loaded) await this.#fetch();
  }

  /** Fetches the newest version because the one in use was rejected or has expired; rate-limited. */
  async refresh(): Promise<void> {
    if (this.#refreshing === undefined && (!this.source.canChange || this.#refreshPause.holds)) return this.#fetching;
    this.#refreshing ??= this.#fetchAnew().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  /** Whether there could be an older version that Entra ID knows, where it rejected what is known here. */
  get mayLookBack(): boolean {
    const [newest, before] = this.#versions;
    if (this.source.loadPrevious === undefined || newest?.verdict !== "rejected" || isNeeded(before)) return false;
    return this.#lookingBack !== undefined || !this.#lookBackPause.holds;
  }

  /** Loads the version before the newest, once for all that ask for it; rate-limited by `mayLookBack`. */
  async loadPrevious(): Promise<void> {
    this.#lookingBack ??= this.#loadPrevious().finally(() => {
      this.#lookingBack = undefined;
    });
    await this.#lookingBack;
  }

  /** Looks for a newer version in the background. */
  async poll(): Promise<void> {
    if (!this.loaded || this.source.canChange) await this.#fetch();
  }

  rejected(version: CredentialVersion, reason: string, pauseMs: number): void {
    if (version.refuse("rejected", reason, pauseMs)) this.#listener.rejected(version.credential, reason, pauseMs);
    // It worked, and was removed: very likely because the version after it was registered by now.
    const [newest] = this.#versions;
    if (newest !== version && version.acceptances > 0 && newest?.verdict === "rejected") newest.reset();
    this.prune();
  }

  /** Forgets the version before the newest once nobody needs it any more. */
  prune(): void {
    const [newest, before] = this.#versions;
    if (newest === undefined || before === undefined || !newest.works) return;
    if (before.works && newest.acceptedForMs < RESERVE_MS) return;
    this.#versions = [newest];
    const why = before.works ? `${newest.credential.label} took its place` : before.reason;
    this.#listener.dropped(before.credential, why);
  }

  /** A poll that is under way may have asked before there was a newer version: what it brings is not the newest for sure. */
  async #fetchAnew(): Promise<void> {
    this.#refreshPause.start(REFRESH_PAUSE_MS);
    const [newest] = this.#versions;
    await this.#fetching;
    if (this.#versions[0] === newest) await this.#fetch();
  }

  #fetch(): Promise<void> {
    this.#fetching ??= this.#load().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #load(): Promise<void> {
    try {
      this.#take(await this.source.load());
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#loadPause.start(LOAD_PAUSE_MS);
      if (this.loaded) this.#listener.pollFailed(this.#failure);
      else this.#listener.unavailable(this.#failure);
    }
  }

  async #loadPrevious(): Promise<void> {
    this.#lookBackPause.start(REFRESH_PAUSE_MS);
    const [newest] = this.#versions;
    try {
      const previous = await this.source.loadPrevious?.();
      const [newestNow, before] = this.#versions;
      // Meanwhile there may be a newer one, or the newest may have been accepted after all.
      if (previous === undefined || newest === undefined || newestNow !== newest || newest.works) return;
      if (isNeeded(before) || previous === before?.credential || previous === newest.credential) return;
      if (before !== undefined) this.#listener.dropped(before.credential, before.reason);
      this.#versions = [newest, new CredentialVersion(previous, this.#now)];
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#listener.unavailable(this.#failure);
    }
  }

  /** The same version is the same object; it may be one that was replaced, when the newer one was withdrawn. */
  #take(credential: ClientCredential): void {
    const [newest] = this.#versions;
    if (newest?.credential === credential) return;
    const known = this.#versions.find((version) => version.credential === credential);
    const others = this.#versions.filter((version) => version !== known);
    const before = others.find(({ works }) => works) ?? others[0];
    for (const version of others) {
      if (version !== before) this.#listener.dropped(version.credential, `${credential.label} is newer`);
    }
    const taken = known ?? new CredentialVersion(credential, this.#now);
    this.#versions = before === undefined ? [taken] : [taken, before];
  }
}

/** An older version that may serve: one that Entra ID rejected makes way for another. */
function isNeeded(before: CredentialVersion | undefined): boolean {
  return before !== undefined && before.verdict !== "rejected" && !before.expired;
}

/**
 * Finds the newest version, once for all that ask at the same time. While the version stays the same, so does the
 * credential. What could not be made is tried again.
 */
export function newestVersion(
  find: () => Promise<Version>,
  memo: VersionMemo = new VersionMemo(),
): () => Promise<ClientCredential> {
  let loading: Promise<ClientCredential> | undefined;
  const load = async (): Promise<ClientCredential> => memo.credentialOf(await find());
  return () => {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };
}

/**
 * Runs one operation of Azure's SDK, retries included, within a time.
 * @param timeoutMs after which the operation's signal aborts, and nobody waits for it any more
 * @throws a TimeoutError when it takes longer, and whatever the operation throws.
 */
export async function withinTime<T>(
  timeoutMs: number,
  operation: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  // Most of Azure's identities do not listen to the signal handed to them: a hanging sign-in would hold things up for good.
  const overdue = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new DOMException("The operation took too long.", "TimeoutError");
    overdue.reject(error);
    controller.abort(error);
  }, timeoutMs);
  try {
    return await Promise.race([operation(controller.signal), overdue.promise]);
  } finally {
    // At once: a timer that still ran would hold what came of the race, which may be a private key.
    clearTimeout(timer);
  }
}
