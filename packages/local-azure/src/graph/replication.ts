/** How long new objects stay unknown to those who ask for them: counted in requests, so that tests need no clock. */
export interface Replication {
  /** From now on, each new application is not found by the next `requests` requests that name it. */
  lag(requests: number): void;
  created(id: string): void;
  /** Whether a request finds the object. It counts as one. */
  reached(id: string): boolean;
}

export function createReplication(): Replication {
  let lag = 0;
  const left = new Map<string, number>();
  return {
    lag(requests) {
      lag = requests;
    },
    created: (id) => void left.set(id, lag),
    reached(id) {
      const still = left.get(id) ?? 0;
      left.set(id, Math.max(still - 1, 0));
      return still <= 0;
    },
  };
}
