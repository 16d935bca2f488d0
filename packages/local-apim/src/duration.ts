const FACTORS_MS = [86_400_000, 3_600_000, 60_000, 1_000];

/** Milliseconds of an ISO 8601 duration without years and months (`P1D`, `PT1M30S`); undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (match === null) return undefined;
  return match.slice(1).reduce((sum, part, i) => sum + Number(part ?? 0) * (FACTORS_MS[i] ?? 0), 0);
}
