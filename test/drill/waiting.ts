import { setTimeout as delay } from "node:timers/promises";

/** What a loaded machine may take for something that takes a moment. */
const PATIENCE_MS = 25_000;
const LOOK_MS = 20;

/** Waits until something holds. @returns for how long, ms; undefined: it does not within the time that a drill has. */
export async function until(holds: () => boolean, patienceMs = PATIENCE_MS): Promise<number | undefined> {
  const startMs = performance.now();
  while (!holds()) {
    if (performance.now() - startMs > patienceMs) return undefined;
    await delay(LOOK_MS);
  }
  return performance.now() - startMs;
}
