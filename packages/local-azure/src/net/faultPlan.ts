/** Which requests a fault befalls. */
export interface FaultScope {
  /** How many requests; without it, every one until the fault is lifted. */
  readonly requests?: number;
  /** Only paths that begin so. */
  readonly pathPrefix?: string;
}

/** Faults that a test has planned for a server, in the order in which they were planned. */
export interface FaultPlan<Fault> {
  /** Plans a fault; the function returned lifts it. */
  add(fault: Fault, scope?: FaultScope): () => void;
  /** The earliest planned fault that `wanted` accepts for this path. It counts as one request. */
  take<Wanted extends Fault>(path: string, wanted: (fault: Fault) => fault is Wanted): Wanted | undefined;
  clear(): void;
}

export function createFaultPlan<Fault>(): FaultPlan<Fault> {
  const planned = new Set<{ fault: Fault; left: number; pathPrefix: string }>();
  return {
    add(fault, { requests = Number.POSITIVE_INFINITY, pathPrefix = "" } = {}) {
      if (!(requests > 0)) throw new RangeError(`A fault befalls at least one request, not ${requests}.`);
      const entry = { fault, left: requests, pathPrefix };
      planned.add(entry);
      return () => void planned.delete(entry);
    },
    take(path, wanted) {
      for (const entry of planned) {
        if (!path.startsWith(entry.pathPrefix) || !wanted(entry.fault)) continue;
        entry.left -= 1;
        if (entry.left <= 0) planned.delete(entry);
        return entry.fault;
      }
      return undefined;
    },
    clear: () => planned.clear(),
  };
}
