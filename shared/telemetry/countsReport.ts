import type { Log } from "./log.ts";
import type { Counts } from "./tokenCounters.ts";
import type { CacheSize } from "./tokenInstruments.ts";

const EVERY_MS = 300_000;

export interface CountsReportOptions {
  readonly counts: () => Counts;
  readonly size: () => CacheSize;
  readonly log: Log;
  /** Calls again and again until the returned function is called. Tests bring their own. */
  readonly every?: (ms: number, work: () => void) => () => void;
}

/**
 * Logs what was counted since the last line, every five minutes in which anything was: so that the figures are in
 * Application Insights without an SDK in the app.
 * @returns ends it
 */
export function reportCounts({ counts, size, log, every = unreferencedInterval }: CountsReportOptions): () => void {
  let last: Counts = {};
  return every(EVERY_MS, () => {
    const now = counts();
    const since = difference(now, last);
    if (Object.keys(since).length === 0) return;
    last = now;
    const { entries, bytes } = size();
    log.info("token_cache", { seconds: EVERY_MS / 1000, ...since, entries, bytes });
  });
}

/** Only what changed: a line says what happened, not what did not. */
function difference(now: Counts, before: Counts): Counts {
  const changes = Object.entries(now).map(([name, count]) => [name, rounded(count - (before[name] ?? 0))] as const);
  return Object.fromEntries(changes.filter(([, change]) => change !== 0));
}

/** Milliseconds come with fractions that nobody reads. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function unreferencedInterval(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms).unref();
  return () => clearInterval(timer);
}
