import type { Clock } from "../../clock.ts";
import { describeError } from "../../telemetry/describeError.ts";
import type { Log, LogFields } from "../../telemetry/log.ts";

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
