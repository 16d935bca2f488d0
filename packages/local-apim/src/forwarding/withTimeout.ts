/** Calls back once when so many milliseconds are over; what it returns calls that off. */
export type StartTimer = (ms: number, over: () => void) => () => void;

export const realTimer: StartTimer = (ms, over) => {
  const timer = setTimeout(over, ms);
  return () => clearTimeout(timer);
};

/** Runs something that has so many milliseconds: what it is given fires when they are over. */
export async function withTimeout<T>(
  timeoutMs: number,
  startTimer: StartTimer,
  run: (timeout: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController();
  const stop = startTimer(timeoutMs, () => timeout.abort());
  try {
    return await run(timeout.signal);
  } finally {
    stop();
  }
}
