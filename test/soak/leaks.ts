import type { Resources } from "./resources.ts";

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
};

export interface Growth {
  readonly name: keyof Resources;
  readonly before: number;
  readonly after: number;
  readonly tolerance: number;
  readonly leaks: boolean;
}

export function growth(before: Resources, after: Resources): readonly Growth[] {
  const names = Object.keys(TOLERANCE) as (keyof Resources)[];
  return names.flatMap((name) => {
    const [from, to, tolerance] = [before[name], after[name], TOLERANCE[name]];
    if (from === undefined || to === undefined) return [];
    return [{ name, before: from, after: to, tolerance, leaks: to > from + tolerance }];
  });
}
