import fc from "fast-check";
import type { SocketCase } from "../generate/socketCase.ts";
import { socketCases } from "../generate/socketCase.ts";
import type { Breach } from "../oracle/rules.ts";
import type { Attempt } from "../world/attempt.ts";
import { attempt } from "../world/attempt.ts";
import type { Target } from "../world/target.ts";
import { caseSeed } from "./caseSeed.ts";

export interface SocketRunOptions {
  readonly seed: number;
  /** The first case, and how many. */
  readonly from?: number;
  readonly cases: number;
  /** By the clock of `performance.now()`: no case begins later. */
  readonly untilMs: number;
  /** Told now and then. */
  readonly onProgress?: (done: number) => void;
}

export interface SocketRunResult {
  readonly tried: number;
  readonly skipped: number;
  readonly reachedDownstream: number;
  readonly seconds: number;
  /** How often each status came; 0: none. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly failed: ReadonlyMap<number, readonly Breach[]>;
}

const CONNECTIONS = 32;
const PROGRESS_EVERY = 500;
/** A broken gateway breaks every case: the first few say it all. */
const MOST_FAILURES = 20;

/** The case of this number: the same for the same seed, on every machine. */
export function socketCase(seed: number, number: number): SocketCase {
  const [sampled] = fc.sample(socketCases, { seed: caseSeed(seed, number), numRuns: 1 });
  if (sampled === undefined) throw new Error("fast-check gave no case.");
  return sampled;
}

/** Sends cases, many at a time. */
export async function runSocketCases(target: Target, options: SocketRunOptions): Promise<SocketRunResult> {
  const { seed, from = 0, cases, untilMs, onProgress } = options;
  const startedMs = performance.now();
  const failed = new Map<number, readonly Breach[]>();
  const statuses: Record<number, number> = {};
  let next = from;
  let [skipped, reachedDownstream] = [0, 0];
  const count = ({ statuses: seen, ...result }: Attempt): void => {
    if (result.skipped) skipped++;
    else for (const status of seen.length === 0 ? [0] : seen) statuses[status] = (statuses[status] ?? 0) + 1;
    if (result.reachedDownstream) reachedDownstream++;
  };
  const work = async (): Promise<void> => {
    while (next < from + cases && performance.now() < untilMs && failed.size < MOST_FAILURES) {
      const number = next++;
      const result = await attempt(socketCase(seed, number), number, target);
      count(result);
      if (result.breaches.length > 0) failed.set(number, result.breaches);
      if (number % PROGRESS_EVERY === PROGRESS_EVERY - 1) onProgress?.(number - from + 1);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  const seconds = (performance.now() - startedMs) / 1000;
  return { tried: next - from - skipped, skipped, reachedDownstream, seconds, statuses, failed };
}
