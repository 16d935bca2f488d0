import { setImmediate as afterAll } from "node:timers/promises";
import type { WorkerResources } from "../messages.ts";
import { readGauges } from "./gauges.ts";

/** What one collection frees makes more collectable: finalizers, weak references. */
const COLLECTIONS = 3;

/** What this process holds on to when nothing is to be done. */
export async function workerResources(): Promise<WorkerResources> {
  const collect = globalThis.gc;
  for (let times = 0; collect !== undefined && times < COLLECTIONS; times++) {
    await afterAll();
    collect();
  }
  const active: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) active[kind] = (active[kind] ?? 0) + 1;
  return { memory: process.memoryUsage(), collected: collect !== undefined, active, gauges: readGauges() };
}
