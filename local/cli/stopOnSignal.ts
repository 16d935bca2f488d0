const GRACE_MS = 5_000;
/** One Ctrl-C can arrive twice, from the terminal and from npm: only a later one means impatience. */
const SAME_SIGNAL_MS = 500;
const INTERRUPTED = 130;

/**
 * Calls `stop` at the first SIGINT, SIGTERM or SIGHUP, then ends the process. A second signal, or a stop that takes
 * too long, ends it at once.
 */
export function stopOnSignal(stop: () => Promise<void>, now: () => number = Date.now): void {
  let firstAtMs: number | undefined;
  const onSignal = (): void => {
    if (firstAtMs !== undefined) {
      if (now() - firstAtMs > SAME_SIGNAL_MS) process.exit(INTERRUPTED);
      return;
    }
    firstAtMs = now();
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Stopping failed: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
}
