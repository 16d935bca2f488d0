import { setTimeout as delay } from "node:timers/promises";
import type { FrontName } from "../generate/socketCase.ts";
import { FRONTS } from "../generate/socketCase.ts";
import type { Breach } from "../oracle/rules.ts";

const MIB = 1_048_576;
const SAMPLE_EVERY_MS = 250;
/** The part of a run in which code is compiled, caches fill and the heap finds its size. */
const WARM_UP_PART = 0.4;
/** What is compared: the highest of so large a part behind the warm-up and at the end. */
const WINDOW_PART = 0.25;

/**
 * What V8's heap may breathe between two windows of a run (a young generation of 16 MiB for each half, and an old one
 * that is collected at leisure). A leak of 1 KiB per case would show after some 64,000 of them, one of a body after a few.
 */
export const MOST_GROWTH_BYTES = 64 * MIB;

type Resident = Readonly<Record<FrontName, number>>;

export interface MemoryReport {
  readonly startMib: number;
  readonly warmMib: number;
  readonly endMib: number;
}

/** Watches the workers' resident set size while cases run. */
export class MemoryWatch {
  readonly #samples: Resident[] = [];
  readonly #read: () => Promise<Resident>;
  #over = false;
  #watching: Promise<void> | undefined;

  constructor(read: () => Promise<Resident>) {
    this.#read = read;
  }

  start(): void {
    this.#watching = (async () => {
      while (!this.#over) {
        this.#samples.push(await this.#read());
        await delay(SAMPLE_EVERY_MS);
      }
    })();
  }

  /** The peak of each window, by worker. */
  async stop(): Promise<Readonly<Record<FrontName, MemoryReport>>> {
    this.#over = true;
    await this.#watching;
    const { length } = this.#samples;
    const size = Math.max(1, Math.floor(length * WINDOW_PART));
    const from = Math.floor(length * WARM_UP_PART);
    const peak = (samples: readonly Resident[], front: FrontName): number =>
      Math.round(Math.max(...samples.map((sample) => sample[front])) / MIB);
    const report = (front: FrontName): MemoryReport => ({
      startMib: peak(this.#samples.slice(0, 1), front),
      warmMib: peak(this.#samples.slice(from, from + size), front),
      endMib: peak(this.#samples.slice(-size), front),
    });
    return { direct: report("direct"), gateway: report("gateway") };
  }
}

export function judgeMemory(reports: Readonly<Record<FrontName, MemoryReport>>): Breach[] {
  return FRONTS.filter((front) => (reports[front].endMib - reports[front].warmMib) * MIB > MOST_GROWTH_BYTES).map(
    (front) => ({
      rule: "memory",
      seen: `the worker of ${front} grew from ${reports[front].warmMib} to ${reports[front].endMib} MiB`,
    }),
  );
}
