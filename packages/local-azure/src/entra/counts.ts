/** How often each part of Entra ID was asked. */
export interface Counts {
  metadata: number;
  keys: number;
  instanceDiscovery: number;
  token: number;
  reset(): void;
}

export function createCounts(): Counts {
  const zero = { metadata: 0, keys: 0, instanceDiscovery: 0, token: 0 };
  const counts: Counts = {
    ...zero,
    reset() {
      Object.assign(counts, zero);
    },
  };
  return counts;
}
