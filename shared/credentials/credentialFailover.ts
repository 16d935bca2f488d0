import type { Clock } from "../clock.ts";
import type { ClientCredential, CredentialListener, CredentialSource } from "./clientCredential.ts";
import { CredentialLoadError, CredentialRejectedError } from "./clientCredential.ts";
import type { CredentialStatus } from "./credentialLog.ts";
import { credentialStatus, ExpiryWarnings } from "./credentialLog.ts";
import type { Schedule } from "./credentialPoller.ts";
import { CredentialPoller } from "./credentialPoller.ts";
import { CredentialSlot } from "./credentialSlot.ts";
import { CredentialSelection } from "./credentialSources.ts";
import type { CredentialVersion } from "./credentialVersion.ts";
import type { Choice } from "./failoverCall.ts";
import { chooseCredential, RingCall, TotalOutage } from "./failoverCall.ts";

/** How often sources are asked for a newer version, unless the settings say otherwise. */
const POLL_MS = 3_600_000;
/** A version that Entra ID rejected is tried again after this, by one call, while others use what works. */
const REJECTED_PAUSE_MS = 60_000;
/** The same for one that could not sign: that passes sooner. */
const UNAVAILABLE_PAUSE_MS = 10_000;

export interface CredentialRingOptions {
  readonly listener: CredentialListener;
  readonly now: Clock;
  readonly pollMs?: number;
  readonly schedule?: Schedule;
  readonly random?: () => number;
}

export interface RingStatus {
  /** Whether a call would be tried now. */
  readonly usable: boolean;
  /** In the order of preference. */
  readonly credentials: readonly CredentialStatus[];
}

/**
 * The app's credentials in order of preference, and what is known of each version:
 *
 *     untried --accepted--> works --rejected/unavailable--> paused --pause over--> due --accepted--> works
 *
 * - A call uses the first version that works. What is preferred to it and untried or due (a newer version found by
 *   polling, one whose pause is over) is tried by one call at a time; where it fails the same call goes on with the one
 *   that works. So a bad new version costs one request per pause, and never displaces what works.
 * - Where nothing works, an untried version is for all calls: there is nothing better, and nobody waits for anybody.
 * - A rejection makes the newest version be fetched, once per call and rate-limited; then the next credential has its turn.
 * - A version that worked stays in reserve for a while after its successor was accepted.
 * - Where nothing else is left, the version before a rejected one is fetched, once per call and rate-limited: an instance that
 *   starts when Key Vault has a new certificate and Entra ID does not know it yet has nothing in reserve.
 * - Where nothing is left, one call (the probe) tries everything regardless of pauses. If that fails too, all calls get
 *   that failure at once, until after a pause one call probes again. Nothing is ever given up: no restart is needed.
 * - A failure that is not the credential's (a user's, a time-out) changes nothing, but lets a probed version be tried by all.
 */
export class CredentialFailover {
  readonly #slots: readonly CredentialSlot[];
  readonly #listener: CredentialListener;
  readonly #poller: CredentialPoller;
  readonly #warnings: ExpiryWarnings;
  readonly #selection: CredentialSelection;
  readonly #outage: TotalOutage;

  constructor(sources: readonly CredentialSource[], options: CredentialRingOptions) {
    const { listener, now, pollMs = POLL_MS, schedule, random } = options;
    this.#slots = sources.map((source) => new CredentialSlot(source, now, listener));
    this.#listener = listener;
    this.#warnings = new ExpiryWarnings(listener, now);
    this.#selection = new CredentialSelection(listener);
    this.#outage = new TotalOutage(now);
    const poll = async (slot: CredentialSlot): Promise<void> => {
      await slot.poll();
      slot.prune();
      this.#fetched(slot);
    };
    this.#poller = new CredentialPoller({ pollMs, schedule, random, now, poll });
  }

  /**
   * Makes an attempt with the best credential, and with the next ones as long as Entra ID rejects the credential
   * (`CredentialRejectedError`) or it cannot sign (`CredentialLoadError`). Any other failure is the attempt's own.
   * @throws GatewayMisconfiguredError when every credential is rejected, CredentialUnavailableError when none can be had.
   */
  async run<T>(attempt: (credential: ClientCredential) => Promise<T>): Promise<T> {
    const call = new RingCall();
    let probing = false;
    try {
      for (;;) {
        await this.#prepare(call, probing);
        call.revive();
        // Nothing may come between the choice and the attempt's beginning: a trial is for one call.
        const choice = this.#choose(call, probing);
        if (choice !== undefined) {
          const outcome = await this.#attempt(choice, call, attempt, probing);
          if (outcome !== undefined) return outcome.result;
        } else {
          const [doubt] = call.inconclusive;
          if (doubt !== undefined) throw doubt.error;
          if (probing) throw this.#failure();
          probing = await this.#outage.beginProbe(this.#slots);
        }
      }
    } finally {
      if (probing) this.#outage.endProbe();
    }
  }

  /** What a call would meet now. Loads what a call would load. */
  async status(): Promise<RingStatus> {
    const call = new RingCall();
    await this.#prepare(call, false);
    const worthProbing = this.#slots.some(({ versions }) => versions.some(({ expired }) => !expired));
    return {
      usable: this.#choose(call, false) !== undefined || (worthProbing && !this.#outage.paused),
      credentials: this.#slots.map((slot) => credentialStatus(slot, this.#selection.current)),
    };
  }

  /** Ends the background polling. */
  close(): void {
    this.#poller.stop();
  }

  #choose(call: RingCall, probing: boolean): Choice | undefined {
    return call.mayAttempt(this.#slots) ? chooseCredential(this.#slots, { tried: call.tried, probing }) : undefined;
  }

  /** Loads what is needed for a choice, and no more. */
  async #prepare(call: RingCall, probing: boolean): Promise<void> {
    while (this.#choose(call, probing) === undefined) {
      const asked = await this.#ask(call, probing);
      if (asked === undefined) return;
      this.#fetched(asked);
    }
  }

  /** Asks the next source that could help. @returns that source; undefined: none is left */
  async #ask(call: RingCall, probing: boolean): Promise<CredentialSlot | undefined> {
    const unloaded = this.#slots.find((each) => !each.loaded && call.mayLoad(each) && (each.loadable || probing));
    if (unloaded !== undefined) {
      await call.load(unloaded);
      return unloaded;
    }
    // One that this call has just loaded is the newest.
    const expired = this.#slots.find(
      (each) => each.versions[0]?.expired === true && call.mayLoad(each) && call.mayRefresh(each),
    );
    if (expired !== undefined) {
      await call.refresh(expired);
      return expired;
    }
    // Once it is known that nothing works, the probe asks for all: nobody else waits for a vault then.
    if (this.#outage.known && !probing) return undefined;
    // Another call's rejection may have made the newest version be fetched, and it is not here yet.
    const outdated = this.#slots.find((each) => each.versions[0]?.verdict === "rejected" && call.mayRefresh(each));
    if (outdated !== undefined) {
      await call.refresh(outdated);
      return outdated;
    }
    const rejected = this.#slots.find((each) => call.mayLookBack(each));
    if (rejected !== undefined) await call.loadPrevious(rejected);
    return rejected;
  }

  async #attempt<T>(
    choice: Choice,
    call: RingCall,
    attempt: (credential: ClientCredential) => Promise<T>,
    probing: boolean,
  ): Promise<{ readonly result: T } | undefined> {
    const { version, trial } = choice;
    const { acceptances } = version;
    call.begin(version);
    if (trial) version.underTrial = true;
    let result: T;
    try {
      result = await attempt(version.credential);
    } catch (error) {
      if (trial) version.underTrial = false;
      // Another call's success since this attempt began is the newer truth; but successes can arrive late as well, and so a
      // second rejection in the same call counts: it makes the call go on with another version.
      const overtaken = version.acceptances > acceptances && !call.isRevived(version);
      if (error instanceof CredentialRejectedError) {
        if (!overtaken) await this.#rejected(choice, call, error);
      } else if (error instanceof CredentialLoadError) {
        if (!overtaken) this.#unavailable(version, error);
      } else {
        if (probing) version.reset();
        throw error;
      }
      return undefined;
    }
    if (trial) version.underTrial = false;
    this.#succeeded(choice, call);
    return { result };
  }

  #succeeded({ slot, version }: Choice, call: RingCall): void {
    version.accept();
    this.#outage.over();
    for (const { slot: of, version: doubted, error } of call.inconclusive) this.#mark(of, doubted, error);
    slot.prune();
    this.#selection.update(this.#slots);
  }

  async #rejected({ slot, version }: Choice, call: RingCall, error: CredentialRejectedError): Promise<void> {
    if (!error.traits.certain) {
      call.inconclusive.push({ slot, version, error });
      return;
    }
    this.#mark(slot, version, error);
    if (error.traits.newerMayCure && call.mayRefresh(slot)) {
      await call.refresh(slot);
      this.#fetched(slot);
    }
    this.#selection.update(this.#slots);
  }

  #mark(slot: CredentialSlot, version: CredentialVersion, { diagnosis = "" }: CredentialRejectedError): void {
    slot.rejected(version, diagnosis, REJECTED_PAUSE_MS);
  }

  #unavailable(version: CredentialVersion, { message }: CredentialLoadError): void {
    if (version.refuse("unavailable", message, UNAVAILABLE_PAUSE_MS)) this.#listener.unavailable(message);
    this.#selection.update(this.#slots);
  }

  #failure(): Error {
    const failure = this.#outage.failure(this.#slots);
    if (this.#outage.known) this.#selection.clear();
    return failure;
  }

  /** After every fetch, whoever asked for it. */
  #fetched(slot: CredentialSlot): void {
    this.#poller.watch(slot);
    const version = slot.versions.find(({ works }) => works) ?? slot.versions[0];
    if (version !== undefined) this.#warnings.check(version.credential);
    this.#selection.update(this.#slots);
  }
}
