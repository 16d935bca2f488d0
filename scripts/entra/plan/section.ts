/** One part of the registration: what it should be, what has to be done for that, and what someone should know. */
export interface Section<T> {
  readonly value: T;
  /** Each in one line, as an order: "add ...". Empty: it is as it should be. */
  readonly changes: readonly string[];
  readonly notes: readonly string[];
}
