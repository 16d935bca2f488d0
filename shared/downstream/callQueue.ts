import type { Readable } from "node:stream";
import type { DownstreamApiSettings } from "../config/settings.ts";
import { DownstreamBusyError, TooManyConcurrentCallsError } from "../errors/errors.ts";
import type { ValidatedAssertion } from "../inbound/userTokenValidator.ts";
import { abortError } from "./callDeadline.ts";

const MS_PER_SECOND = 1_000;
/**
 * Waiting calls per permit. Each holds an invocation of the function: what one user has under way and waiting must stay
 * below the calls that an instance takes at once (100 unless set): 32 and 64 by default.
 */
const MAX_WAITING_PER_PERMIT = 2;

export type CallQueueSettings = Pick<
  DownstreamApiSettings,
  "name" | "maxConnections" | "maxConcurrentCallsPerUser" | "queueTimeoutMs" | "totalTimeoutMs"
>;

/** The calls of one user to one API. Exists while at least one is under way or waits. */
interface UserCalls {
  readonly user: string;
  underWay: number;
  /** In the order in which they came. */
  waiting: Set<WaitingCall> | undefined;
}

/** Both settle the call, and end its timer and its listener. */
interface WaitingCall {
  readonly grant: (permit: CallPermit) => void;
  readonly refuse: (reason: Error) => void;
}

/**
 * Shares the connections to one downstream API among users. A user never has more calls under way than the cap per user.
 * Further calls wait: first in, first out within a user, and a free connection goes to the users in turn. A call waits for
 * a limited time, and the number of waiting calls is limited; in total, and for each user to the same share of it as of
 * the connections, so that one user cannot fill the queue either.
 */
export class CallQueue {
  readonly #settings: CallQueueSettings;
  readonly #users = new Map<string, UserCalls>();
  /** Users with a waiting call and below their cap: the first has the next turn. Empty while a connection is free. */
  readonly #turns = new Set<UserCalls>();
  #underWay = 0;
  #waiting = 0;

  constructor(settings: CallQueueSettings) {
    this.#settings = settings;
  }

  /** Calls that have a permit. */
  get underWay(): number {
    return this.#underWay;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /**
   * A permit at once where nothing has to be waited for, without a promise: that is nearly every call. The permit must
   * be released on every path.
   * @param signal ends the waiting when the client hangs up
   * @throws TooManyConcurrentCallsError (429) or DownstreamBusyError (503), at once or as the promise's rejection;
   *   as rejection also the signal's reason
   */
  enter(user: string, signal: AbortSignal): CallPermit | Promise<CallPermit> {
    const calls = this.#users.get(user) ?? { user, underWay: 0, waiting: undefined };
    if (this.#isBelowCap(calls) && this.#underWay < this.#settings.maxConnections) return this.#admit(calls);
    return this.#wait(calls, signal);
  }

  #isBelowCap({ underWay }: UserCalls): boolean {
    return underWay < this.#settings.maxConcurrentCallsPerUser;
  }

  #admit(calls: UserCalls): CallPermit {
    if (calls.underWay === 0) this.#users.set(calls.user, calls);
    calls.underWay++;
    this.#underWay++;
    return new CallPermit(() => this.#leave(calls));
  }

  #leave(calls: UserCalls): void {
    calls.underWay--;
    this.#underWay--;
    // A user at the cap had no turn.
    if (calls.waiting !== undefined) this.#turns.add(calls);
    else if (calls.underWay === 0) this.#users.delete(calls.user);
    this.#giveTurns();
  }

  #giveTurns(): void {
    while (this.#underWay < this.#settings.maxConnections) {
      const [calls] = this.#turns;
      const [call] = calls?.waiting ?? [];
      if (calls === undefined || call === undefined) return;
      // To the end of the line, where more of this user's calls can go on.
      this.#turns.delete(calls);
      this.#remove(calls, call);
      const permit = this.#admit(calls);
      if (calls.waiting !== undefined && this.#isBelowCap(calls)) this.#turns.add(calls);
      call.grant(permit);
    }
  }

  #wait(calls: UserCalls, signal: AbortSignal): Promise<CallPermit> {
    const { maxConnections, maxConcurrentCallsPerUser, queueTimeoutMs, totalTimeoutMs } = this.#settings;
    const waiting = calls.waiting?.size ?? 0;
    // A user without any call gets a turn also where others have filled the queue.
    const isFull = this.#waiting >= MAX_WAITING_PER_PERMIT * maxConnections && calls.underWay + waiting > 0;
    if (isFull || waiting >= MAX_WAITING_PER_PERMIT * maxConcurrentCallsPerUser) throw this.#refusal(calls);
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(abortError(signal));
        return;
      }
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      const call: WaitingCall = {
        grant: (permit) => {
          settle();
          resolve(permit);
        },
        refuse: (reason) => {
          settle();
          this.#remove(calls, call);
          if (calls.waiting === undefined) {
            this.#turns.delete(calls);
            if (calls.underWay === 0) this.#users.delete(calls.user);
          }
          reject(reason);
        },
      };
      const onAbort = (): void => call.refuse(abortError(signal));
      const timer = setTimeout(() => call.refuse(this.#refusal(calls)), Math.min(queueTimeoutMs, totalTimeoutMs));
      signal.addEventListener("abort", onAbort, { once: true });
      this.#add(calls, call);
    });
  }

  #add(calls: UserCalls, call: WaitingCall): void {
    this.#users.set(calls.user, calls);
    calls.waiting ??= new Set();
    calls.waiting.add(call);
    this.#waiting++;
    if (this.#isBelowCap(calls)) this.#turns.add(calls);
  }

  #remove(calls: UserCalls, call: WaitingCall): void {
    calls.waiting?.delete(call);
    if (calls.waiting?.size === 0) calls.waiting = undefined;
    this.#waiting--;
  }

  /** A user at the cap waits for their own calls; all others wait for everybody's. */
  #refusal(calls: UserCalls): Error {
    const { name, maxConcurrentCallsPerUser, queueTimeoutMs } = this.#settings;
    const retryAfter = Math.ceil(queueTimeoutMs / MS_PER_SECOND);
    return this.#isBelowCap(calls)
      ? new DownstreamBusyError(name, retryAfter)
      : new TooManyConcurrentCallsError(name, maxConcurrentCallsPerUser, retryAfter);
  }
}

/** Lets one call use a connection until all that holds the permit is over: the call itself, and the bodies it streams. */
export class CallPermit {
  readonly #leave: () => void;
  #holds = 1;
  #isReleased = false;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  /** Keeps the permit until the stream is closed: finished, cut or destroyed. */
  holdUntilClosed(stream: Readable): void {
    if (stream.closed) return;
    this.#holds++;
    stream.once("close", this.#drop);
  }

  /** The call itself needs it no more. The method is idempotent. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#drop();
  }

  readonly #drop = (): void => {
    if (--this.#holds === 0) this.#leave();
  };
}

/** Who shares a cap: the calling user, whatever token they sent, and also where the API is called as the app. */
export function userKey({ tenantId, userId }: Pick<ValidatedAssertion, "tenantId" | "userId">): string {
  return `${tenantId}/${userId}`;
}
