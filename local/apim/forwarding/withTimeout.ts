/** Runs something that has so many milliseconds: what it is given fires when they are over. */
export async function withTimeout<T>(timeoutMs: number, run: (timeout: AbortSignal) => Promise<T>): Promise<T> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    return await run(timeout.signal);
  } finally {
    clearTimeout(timer);
  }
}
