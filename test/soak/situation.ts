import type { Fault } from "./faults/fault.ts";
import { isAmong } from "./verdict.ts";

/**
 * What is under way when a fault ends may still meet it: a token request that others joined, an answer on the wire, a
 * connection whose end a busy worker has not read yet.
 */
const SLACK_MS = 3_000;

/** One fault, from its beginning to its end. Times by `performance.now()`. */
export interface Spell {
  readonly fault: Fault;
  readonly fromMs: number;
  liftedMs: number | undefined;
  /** Calls that met it. */
  struck: number;
  /** How long after its end the first call that began after it was right. */
  recoveredMs: number | undefined;
}

export interface CallTimes {
  readonly api: string | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Which faults are on, and were: what a call could meet. */
export class Situation {
  readonly spells: Spell[] = [];

  begin(fault: Fault, nowMs: number): Spell {
    const spell: Spell = { fault, fromMs: nowMs, liftedMs: undefined, struck: 0, recoveredMs: undefined };
    this.spells.push(spell);
    return spell;
  }

  get on(): readonly string[] {
    return this.spells.filter(({ liftedMs }) => liftedMs === undefined).map(({ fault }) => fault.name);
  }

  /** The fault that explains a failure, if one does: on during the call, or so short before that its pause still ran. */
  explains(label: string, call: CallTimes): Spell | undefined {
    return this.around(call).findLast(({ fault }) => isAmong(label, fault.allows));
  }

  /** All that the call could have met. */
  around({ api, fromMs, toMs }: CallTimes): readonly Spell[] {
    return this.spells.filter(
      ({ fault, fromMs: onMs, liftedMs = Number.POSITIVE_INFINITY }) =>
        (fault.api === undefined || fault.api === api) && onMs <= toMs && fromMs <= liftedMs + fault.pauseMs + SLACK_MS,
    );
  }

  /** The same, in words: with times relative to the call's beginning. */
  describe(call: CallTimes): readonly string[] {
    const since = (ms: number): string => `${Math.round(ms - call.fromMs)} ms`;
    return this.around(call).map(({ fault: { name }, fromMs, liftedMs }) => {
      return `${name} (from ${since(fromMs)}${liftedMs === undefined ? "" : ` to ${since(liftedMs)}`})`;
    });
  }

  succeeded({ api, fromMs, toMs }: CallTimes): void {
    for (const spell of this.spells) {
      const { fault, liftedMs, recoveredMs } = spell;
      if (recoveredMs !== undefined || liftedMs === undefined || fromMs < liftedMs) continue;
      if (fault.api === undefined || fault.api === api) spell.recoveredMs = toMs - liftedMs;
    }
  }
}
