/** No answer within the limit. */
export class RedisTimeoutError extends Error {
  override readonly name = "RedisTimeoutError";

  constructor(limitMs: number) {
    super(`Redis did not answer within ${limitMs} ms`);
  }
}

/**
 * The result of `work`, or a RedisTimeoutError. What it brings later is dropped.
 * The verdict falls after one more look at the network: a process that was busy itself must not blame Redis for it.
 */
export function withinLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new RedisTimeoutError(limitMs))), limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
