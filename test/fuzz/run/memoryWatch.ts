import { setTimeout as delay } from "node:timers/promises";
import type { FrontName } from "../generate/socketCase.ts";
import { FRONTS } from "../generate/socketCase.ts";
import type { Breach } from "../oracle/rules.ts";

const MIB = 1_048_576;
const SAMPLE_EVERY_MS = 250;
/** The part of a run in which code is compiled, caches fill and the heap finds its size. */
const WARM_UP_PART = 0.4;
/** What is compared: so large a part behind the warm-up, and at the end. */
const WINDOW_PART = 0.25;

/**
 * Between two windows of a run. `live`: the least that the heap and its buffers held, which is what the collector left; a
 * leak of half a KiB per case shows here after some 30,000. `resident`: the most that the process held; V8 may keep freed
 * pages of both generations for a while, so that only more than that is a leak, of memory that the heap knows nothing of.
 */
export const MOST_GROWTH_MIB = { live: 16, resident: 64 } as const;

/** What a worker process holds, in bytes. */
export interface WorkerMemory {
  readonly resident: number;
  readonly live: number;
}
export type MemorySample = Readonly<Record<FrontName, WorkerMemory>>;

/** Whole MiB. */
export interface MemoryReport {
  readonly startResident: number;
  readonly warm: WorkerMemory;
  readonly end: WorkerMemory;
}

/** Watches the workers' memory while cases run. */
export class MemoryWatch {
  readonly #samples: MemorySample[] = [];
  readonly #read: () => Promise<MemorySample>;
  #over = false;
  #watching: Promise<void> | undefined;

  constructor(read: () => Promise<MemorySample>) {
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

  async stop(): Promise<Readonly<Record<FrontName, MemoryReport>>> {
    this.#over = true;
    await this.#watching;
    const { length } = this.#samples;
    const size = Math.max(1, Math.floor(length * WINDOW_PART));
    const from = Math.floor(length * WARM_UP_PART);
    const report = (front: FrontName): MemoryReport => {
      const samples = this.#samples.map((sample) => sample[front]);
      return {
        startResident: inWindow(samples.slice(0, 1)).resident,
        warm: inWindow(samples.slice(from, from + size)),
        end: inWindow(samples.slice(-size)),
      };
    };
    return { direct: report("direct"), gateway: report("gateway") };
  }
}

function inWindow(samples: readonly WorkerMemory[]): WorkerMemory {
  return {
    resident: Math.round(Math.max(...samples.map(({ resident }) => resident)) / MIB),
    live: Math.round(Math.min(...samples.map(({ live }) => live)) / MIB),
  };
}

export function judgeMemory(reports: Readonly<Record<FrontName, MemoryReport>>): Breach[] {
  return FRONTS.flatMap((front) => {
    const { warm, end } = reports[front];
    return (["live", "resident"] as const)
      .filter((kind) => end[kind] - warm[kind] > MOST_GROWTH_MIB[kind])
      .map((kind) => ({
        rule: "memory" as const,
        seen: `the worker of ${front} grew from ${warm[kind]} to ${end[kind]} MiB (${kind})`,
      }));
  });
}
