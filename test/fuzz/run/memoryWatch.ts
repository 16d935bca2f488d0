import { setTimeout as delay } from "node:timers/promises";
import type { FrontName } from "../generate/socketCase.ts";
import { FRONTS } from "../generate/socketCase.ts";
import type { Breach } from "../oracle/rules.ts";

const MIB = 1_048_576;
const SAMPLE_EVERY_MS = 1_000;
/** The part of a run in which code is compiled, caches fill and the heap finds its size. */
const WARM_UP_PART = 0.4;
/** What is compared: so large a part behind the warm-up, and at the end. */
const WINDOW_PART = 0.25;
const CURVE_POINTS = 10;

/**
 * Between two windows of a run. `live`: the least that the heap and its buffers held after a collection; 10,000 calls that
 * keep half a KiB each show here. `resident`: the most that the process held; V8 may keep freed pages of both generations
 * for a while, so that only more than that is a leak, of memory that the heap knows nothing of.
 */
export const MOST_GROWTH_MIB = { live: 4, resident: 64 } as const;

/** What a worker process holds, in bytes; `live` after a collection. */
export interface WorkerMemory {
  readonly resident: number;
  readonly live: number;
}
export type MemorySample = Readonly<Record<FrontName, WorkerMemory>>;

/** MiB; `live` to a hundredth. */
export interface MemoryReport {
  readonly startResident: number;
  readonly warm: WorkerMemory;
  readonly end: WorkerMemory;
  /** How it came from one to the other: the least live memory of each part of the run, by the cases done by its end. */
  readonly curve: readonly { readonly cases: number; readonly live: number }[];
}

/** Watches the workers' memory while cases run. */
export class MemoryWatch {
  readonly #samples: { readonly cases: number; readonly sample: MemorySample }[] = [];
  readonly #read: () => Promise<MemorySample>;
  #over = false;
  #watching: Promise<void> | undefined;

  constructor(read: () => Promise<MemorySample>) {
    this.#read = read;
  }

  /** @param cases how many are done */
  start(cases: () => number): void {
    this.#watching = (async () => {
      while (!this.#over) {
        this.#samples.push({ sample: await this.#read(), cases: cases() });
        await delay(SAMPLE_EVERY_MS);
      }
      this.#samples.push({ sample: await this.#read(), cases: cases() });
    })();
  }

  async stop(): Promise<Readonly<Record<FrontName, MemoryReport>>> {
    this.#over = true;
    await this.#watching;
    const { length } = this.#samples;
    const size = Math.max(1, Math.floor(length * WINDOW_PART));
    const from = Math.floor(length * WARM_UP_PART);
    const report = (front: FrontName): MemoryReport => {
      const samples = this.#samples.map(({ sample }) => sample[front]);
      return {
        startResident: inWindow(samples.slice(0, 1)).resident,
        warm: inWindow(samples.slice(from, from + size)),
        end: inWindow(samples.slice(-size)),
        curve: this.#curve(front),
      };
    };
    return { direct: report("direct"), gateway: report("gateway") };
  }

  #curve(front: FrontName): MemoryReport["curve"] {
    const points = Math.min(CURVE_POINTS, this.#samples.length);
    return Array.from({ length: points }, (_, point) => {
      const [from, to] = [point, point + 1].map((edge) => Math.floor((edge * this.#samples.length) / points));
      const part = this.#samples.slice(from, to);
      return { cases: part.at(-1)?.cases ?? 0, live: inWindow(part.map(({ sample }) => sample[front])).live };
    });
  }
}

function inWindow(samples: readonly WorkerMemory[]): WorkerMemory {
  return {
    resident: Math.round(Math.max(...samples.map(({ resident }) => resident)) / MIB),
    live: Math.round((Math.min(...samples.map(({ live }) => live)) / MIB) * 100) / 100,
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
