/**
 * Runs one operation of Azure's SDK, retries included, within a time.
 * @param timeoutMs after which the operation's signal aborts, and nobody waits for it any more
 * @throws a TimeoutError when it takes longer, and whatever the operation throws.
 */
export async function withinTime<T>(
  timeoutMs: number,
  operation: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  // Most of Azure's identities do not listen to the signal handed to them: a hanging sign-in would hold things up for good.
  const overdue = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new DOMException("The operation took too long.", "TimeoutError");
    overdue.reject(error);
    controller.abort(error);
  }, timeoutMs);
  try {
    return await Promise.race([operation(controller.signal), overdue.promise]);
  } finally {
    // At once: a timer that still ran would hold what came of the race, which may be a private key.
    clearTimeout(timer);
  }
}
