import type { Clock } from "../../clock.ts";
import type { Log, LogFields } from "../../telemetry/log.ts";
import { describeError } from "../../telemetry/log.ts";
import type { RedisLink } from "./redisLink.ts";
import { RedisConnectionClosedError, RedisRefusedError } from "./redisLink.ts";

/** So many in a row, and the connection is given up: one slow answer is none. */
const MAX_TIMEOUTS = 3;
/** Of a replica that was the primary: the way to the new primary is a new connection. */
const NOT_PRIMARY = "READONLY";
/**
 * The only wait for a connection, and only while a fresh process makes its first: what the other instances know spares it
 * an exchange per user.
 */
const FIRST_CONNECTION_WAIT_MS = 1_000;
/** Azure closes connections that are silent for ten minutes; and a frozen server is noticed before a call meets it. */
const PING_EVERY_MS = 30_000;
/** A connection that is lost sooner counts as one more failure: else one that breaks at once would be made all the time. */
const STABLE_MS = 10_000;
const BACKOFF: Backoff = { firstMs: 100, mostMs: 30_000 };

export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

export interface RedisConnectionOptions {
  /** Connects and signs in, once; rejects when it cannot. */
  readonly open: () => Promise<RedisLink>;
  /** Limit of one operation. */
  readonly timeoutMs: number;
  readonly outage: Outage;
  /** Milliseconds, from any beginning, that only go forward. */
  readonly monotonicClock: Clock;
  readonly backoff?: Backoff;
}

/** There is no connection, and it is not waited for. */
export class RedisUnavailableError extends Error {
  override readonly name = "RedisUnavailableError";

  constructor() {
    super("there is no connection to Redis");
  }
}

/**
 * Keeps one connection to Redis, in the background: connects, notices when it is lost or of no use, and connects anew,
 * waiting longer after each failure. Nobody waits for that: without a connection, operations fail at once.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #backoff: Backoff;
  readonly #firstAttempt: Promise<unknown>;
  readonly #closing = Promise.withResolvers<void>();
  #closed = false;
  #firstAttemptOver = false;
  #link: RedisLink | undefined;
  #timeouts = 0;
  #giveUp: (reason: unknown) => void = () => undefined;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? BACKOFF;
    const first = Promise.withResolvers<void>();
    this.#firstAttempt = withinLimit(first.promise, FIRST_CONNECTION_WAIT_MS).catch(() => undefined);
    void this.#keepConnected(() => {
      this.#firstAttemptOver = true;
      first.resolve();
    });
  }

  /**
   * One operation.
   * @throws RedisUnavailableError at once while there is no connection; RedisTimeoutError; RedisRefusedError; or what
   *   ended the connection meanwhile.
   */
  async use<T>(work: (link: RedisLink) => Promise<T>): Promise<T> {
    if (!this.#firstAttemptOver) await this.#firstAttempt;
    const link = this.#link;
    if (link === undefined) throw new RedisUnavailableError();
    try {
      const result = await withinLimit(work(link), this.#options.timeoutMs);
      this.#timeouts = 0;
      return result;
    } catch (error) {
      if (link === this.#link) this.#judge(error);
      throw error;
    }
  }

  /** Ends the connection for good. */
  close(): void {
    this.#closed = true;
    this.#closing.resolve();
    this.#giveUp(new RedisConnectionClosedError());
  }

  #judge(error: unknown): void {
    if (error instanceof RedisTimeoutError) this.#timeouts++;
    else if (error instanceof RedisRefusedError) this.#timeouts = 0;
    const notPrimary = error instanceof RedisRefusedError && error.code === NOT_PRIMARY;
    if (this.#timeouts >= MAX_TIMEOUTS || notPrimary) this.#giveUp(error);
  }

  async #keepConnected(firstAttemptOver: () => void): Promise<void> {
    const { outage, monotonicClock } = this.#options;
    for (let failures = 0; !this.#closed; failures++) {
      let reason: unknown;
      try {
        const link = await this.#open();
        const sinceMs = monotonicClock();
        const lost = this.#use(link);
        outage.ended();
        firstAttemptOver();
        reason = await lost;
        if (monotonicClock() - sinceMs >= STABLE_MS) failures = 0;
      } catch (error) {
        reason = error;
      }
      if (!this.#closed) outage.began(reason);
      firstAttemptOver();
      await this.#pause(failures);
    }
  }

  /** @returns when it is over with this connection: why */
  async #use(link: RedisLink): Promise<unknown> {
    const givenUp = new Promise<unknown>((resolve) => {
      this.#giveUp = resolve;
    });
    this.#timeouts = 0;
    this.#link = link;
    // What a ping finds out is judged in use(), like what any operation does.
    const ping = setInterval(() => this.use((current) => current.ping()).catch(() => undefined), PING_EVERY_MS).unref();
    const reason = await Promise.race([link.lost, givenUp]);
    clearInterval(ping);
    this.#link = undefined;
    link.destroy();
    return reason;
  }

  /** A connection that answers within the limit of an operation: one that is merely open would be given up right away. */
  async #open(): Promise<RedisLink> {
    const link = await this.#options.open();
    try {
      if (this.#closed) throw new RedisConnectionClosedError();
      await withinLimit(link.ping(), this.#options.timeoutMs);
      return link;
    } catch (error) {
      link.destroy();
      throw error;
    }
  }

  /** Doubling, and never the same for two instances: they lost Redis at the same moment. */
  async #pause(failures: number): Promise<void> {
    const { firstMs, mostMs } = this.#backoff;
    const ms = Math.min(firstMs * 2 ** failures, mostMs) * (0.5 + Math.random() / 2);
    const wait = Promise.withResolvers<void>();
    const timer = setTimeout(wait.resolve, ms).unref();
    await Promise.race([wait.promise, this.#closing.promise]);
    clearTimeout(timer);
  }
}

/** No answer within the limit. */
export class RedisTimeoutError extends Error {
  override readonly name = "RedisTimeoutError";

  constructor(limitMs: number) {
    super(`Redis did not answer within ${limitMs} ms`);
  }
}

/**
 * The result of `work`, or a RedisTimeoutError. What it brings later is dropped.
 * The verdict falls after one more look at the network: a process that was busy itself must not blame Redis for it.
 */
export function withinLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new RedisTimeoutError(limitMs))), limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Says once that something is out of order, and once that it is well again. */
export class Outage {
  readonly #log: Log;
  readonly #now: Clock;
  readonly #fields: LogFields;
  readonly #calmMs: number;
  #sinceMs: number | undefined;
  #lastMs = 0;

  /**
   * @param fields what is out of order, where it is a part only
   * @param calmMs how long it must go well before it is called well: a Redis that is nearly full refuses now and then
   */
  constructor(log: Log, now: Clock, { fields = {}, calmMs = 0 }: { fields?: LogFields; calmMs?: number } = {}) {
    this.#log = log;
    this.#now = now;
    this.#fields = fields;
    this.#calmMs = calmMs;
  }

  began(reason: unknown): void {
    this.#lastMs = this.#now();
    if (this.#sinceMs !== undefined) return;
    this.#sinceMs = this.#lastMs;
    this.#log.warning("shared_cache_unavailable", { ...this.#fields, reason: describeError(reason) });
  }

  ended(): void {
    if (this.#sinceMs === undefined || this.#now() - this.#lastMs < this.#calmMs) return;
    this.#log.info("shared_cache_available", { ...this.#fields, outageMs: this.#now() - this.#sinceMs });
    this.#sinceMs = undefined;
  }
}
