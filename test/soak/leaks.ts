import type { Resources } from "./resources.ts";
import type { Pace } from "./schedule.ts";

/**
 * How much more there may be after the load than before. What a run leaves behind without leaking: code compiled for
 * paths that only faults take, allocators' free lists, verdicts and failures remembered within their bounds. It
 * does not grow with the minutes; a leak does.
 */
const TOLERANCE: Readonly<Record<keyof Resources, number>> = {
  heapMiB: 8,
  externalMiB: 8,
  residentMiB: 96,
  sockets: 2,
  timers: 2,
  otherHandles: 2,
  descriptors: 4,
  downstreamConnections: 0,
  permits: 0,
};

const LEFT_BY_HANG_UPS: ReadonlySet<keyof Resources> = new Set(["descriptors", "downstreamConnections", "timers"]);

export interface Growth {
  readonly name: keyof Resources;
  readonly before: number;
  readonly after: number;
  readonly tolerance: number;
  readonly leaks: boolean;
}

/**
 * @param pace how many connections there may be that were opened for callers who then hung up (undici keeps one that
 *   was never used for 30 s, and a call whose request never reached the worker has a timer as long), and how much memory
 */
export function growth(
  before: Resources,
  after: Resources,
  { unusedConnections, warmingMiB }: Pick<Pace, "unusedConnections" | "warmingMiB">,
): readonly Growth[] {
  const names = Object.keys(TOLERANCE) as (keyof Resources)[];
  return names.flatMap((name) => {
    const [from, to] = [before[name], after[name]];
    const more = LEFT_BY_HANG_UPS.has(name) ? unusedConnections : name === "residentMiB" ? warmingMiB : 0;
    const tolerance = TOLERANCE[name] + more;
    if (from === undefined || to === undefined) return [];
    return [{ name, before: from, after: to, tolerance, leaks: to > from + tolerance }];
  });
}
