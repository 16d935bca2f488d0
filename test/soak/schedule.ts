import { shuffled } from "../e2e/support/seededRandom.ts";
import type { Fault } from "./faults/fault.ts";

/** When a fault is on: milliseconds since the load began. */
export interface PlannedFault {
  readonly fault: Fault;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Pace {
  readonly faultMs: readonly [least: number, most: number];
  readonly quietMs: readonly [least: number, most: number];
  /** Without a fault at the end: it must be seen that all is well again. */
  readonly tailMs: number;
  readonly slowFaults: boolean;
  /** How long connections get to close before and after the load: long runs wait for all. */
  readonly settleMs: number;
  /** How many may be open still because nobody ever used them. */
  readonly unusedConnections: number;
  /** How much more memory than before the load, in MiB, V8 and the allocators may take that have not grown to it yet. */
  readonly warmingMiB: number;
}

const LONG_RUN_MS = 60_000;
const SHORT: Pace = {
  faultMs: [400, 900],
  quietMs: [200, 500],
  tailMs: 1_500,
  slowFaults: false,
  settleMs: 6_000,
  unusedConnections: 16,
  warmingMiB: 160,
};
const LONG: Pace = {
  faultMs: [1_500, 5_000],
  quietMs: [1_000, 4_000],
  tailMs: 15_000,
  slowFaults: true,
  settleMs: 45_000,
  unusedConnections: 0,
  warmingMiB: 0,
};

export function paceOf(loadMs: number): Pace {
  return loadMs < LONG_RUN_MS ? SHORT : LONG;
}

/**
 * One fault after the other, with quiet between, until the time is over. In turns: each comes once before one comes twice,
 * in an order of its own each time.
 */
export function scheduleFaults(
  faults: readonly Fault[],
  loadMs: number,
  random: () => number,
): readonly PlannedFault[] {
  const pace = paceOf(loadMs);
  const able = faults.filter(({ slow = false }) => pace.slowFaults || !slow);
  const between = ([least, most]: readonly [number, number]): number => least + random() * (most - least);
  const planned: PlannedFault[] = [];
  let atMs = between(pace.quietMs);
  for (let round = shuffled(able, random); round.length > 0; round = shuffled(able, random)) {
    for (const fault of round) {
      const toMs = atMs + between(pace.faultMs);
      if (toMs > loadMs - pace.tailMs) return planned;
      planned.push({ fault, fromMs: atMs, toMs });
      atMs = toMs + between(pace.quietMs);
    }
  }
  return planned;
}
