import { setTimeout as delay } from "node:timers/promises";
import type { FunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";

const SAMPLE_EVERY_MS = 20;

export interface MemoryGrowth<T> {
  readonly result: T;
  /** The highest resident set size seen, over the one before, in bytes. */
  readonly grownBytes: number;
}

/** Does the work and watches how much the worker process grows over it. */
export async function watchMemory<T>(host: FunctionsHost, work: () => Promise<T>): Promise<MemoryGrowth<T>> {
  const { rss: before } = await host.workerMemory();
  let highest = before;
  let over = false;
  const watching = (async () => {
    while (!over) {
      const { rss } = await host.workerMemory();
      highest = Math.max(highest, rss);
      await delay(SAMPLE_EVERY_MS);
    }
  })();
  try {
    return { result: await work(), grownBytes: highest - before };
  } finally {
    over = true;
    await watching;
  }
}
