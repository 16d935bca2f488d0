const LONGEST_S = 3_600;

/**
 * `Retry-After` (RFC 9110, 10.2.3: seconds or a date) in whole seconds, at least 1 and at most an hour;
 * `fallbackSeconds` where there is none that makes sense.
 */
export function retryAfterSeconds(header: string | undefined, nowMs: number, fallbackSeconds: number): number {
  if (header === undefined) return fallbackSeconds;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - nowMs) / 1000;
  return Number.isNaN(seconds) ? fallbackSeconds : Math.min(Math.max(Math.ceil(seconds), 1), LONGEST_S);
}
