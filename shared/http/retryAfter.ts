const LONGEST_S = 3_600;
const SECONDS = /^\d+$/;
/** IMF-fixdate, the one form that may still be sent. `Date.parse` alone finds dates in any text that ends in a number. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * `Retry-After` (RFC 9110, 10.2.3: seconds or a date) in whole seconds, at least 1 and at most an hour;
 * `fallbackSeconds` where there is none that makes sense.
 */
export function retryAfterSeconds(header: string | undefined, nowMs: number, fallbackSeconds: number): number {
  const value = header?.trim() ?? "";
  const seconds = SECONDS.test(value) ? Number(value) : (httpDate(value) - nowMs) / 1000;
  return Number.isNaN(seconds) ? fallbackSeconds : Math.min(Math.max(Math.ceil(seconds), 1), LONGEST_S);
}

function httpDate(text: string): number {
  return HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
}
